import { useRouter } from '@tanstack/react-router';
import { useRef, useState, type KeyboardEvent } from 'react';
import * as t from '#text/find';
import { useApi } from '../../api/client';
import { FindWorkflowsDocument } from '../../generated/graphql';
import { Modal } from '../../parts/Modal';
import { SearchField } from '../../parts/SearchField';
import { useAt } from '../../shell/use-at';
import { useViewer } from '../../shell/use-viewer';
import styles from './FindDialog.module.css';
import { placesFor, readText } from './places';

const idOf = (place: number): string => `find-${place}`;

/** Goes to a workflow, a phase or a page by its name. */
export default function FindDialog({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const { at } = useAt();
  const isAdministrator = useViewer()?.roles.includes('ADMIN') ?? false;
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const search = readText(text).search || null;
  const { data, isPending } = useApi(FindWorkflowsDocument, { search }, { now: true, keep: true });
  const places = placesFor(text, data?.workflows?.nodes ?? [], isAdministrator);
  const active = Math.min(chosen, places.length - 1);
  const go = (place: number) => {
    const to = places[place];
    if (!to) return;
    onClose();
    router.history.push(at ? `${to.href}?at=${encodeURIComponent(at)}` : to.href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, Enter: active }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (event.key === 'Enter') go(active);
    else setChosen((to + places.length) % Math.max(1, places.length));
  };
  return (
    <Modal title={t.goTo} initialFocus={field} onClose={onClose}>
      <SearchField
        ref={field}
        className={styles.field}
        label={t.aReportAPhaseOr}
        placeholder={t.aReportAPhaseOrA}
        role="combobox"
        aria-expanded={places.length > 0}
        aria-controls="found"
        aria-autocomplete="list"
        aria-activedescendant={places.length > 0 ? idOf(active) : undefined}
        autoComplete="off"
        value={text}
        maxLength={200}
        onChange={(next) => {
          setText(next);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id="found" role="listbox" aria-label={t.places} className={styles.found}>
        {places.map(({ href, name, hint }, place) => (
          <li
            key={href}
            id={idOf(place)}
            role="option"
            aria-selected={place === active}
            onPointerMove={() => setChosen(place)}
            onClick={() => go(place)}
          >
            <span>{name}</span>
            <small>{hint}</small>
          </li>
        ))}
      </ul>
      <p role="status" className={styles.none}>
        {places.length === 0 && (isPending ? t.looking : t.nothingThatYouMaySee(text.trim()))}
      </p>
    </Modal>
  );
}
