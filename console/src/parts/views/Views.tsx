import { Link, useNavigate } from '@tanstack/react-router';
import { Star } from 'lucide-react';
import { useState } from 'react';
import * as t from '#text/views';
import { useKeys } from '../../shell/use-keys';
import { Button } from '../atoms';
import { EditViews } from './EditViews';
import { SaveView } from './SaveView';
import { isSame, lasting, type Search, type View } from './saved-views';
import { useViews } from './use-views';
import styles from './Views.module.css';

interface ViewsProps {
  page: string;
  /** The page's built-in views, the whole page first. */
  given: readonly View[];
  search: Search;
}

/** The named views of a page as links; the current one can be saved. The first nine have shortcut keys. */
export function Views({ page, given, search }: ViewsProps) {
  const [kept, change] = useViews(page);
  const [open, setOpen] = useState<'save' | 'edit' | null>(null);
  const navigate = useNavigate();
  const all = [...given, ...kept.views];
  const current = all.find((view) => isSame(view.search, search));
  useKeys(
    Object.fromEntries(
      all
        .slice(0, 9)
        .map((view, index) => [String(index + 1), () => void navigate({ to: '.', search: view.search as never })]),
    ),
  );
  const close = () => setOpen(null);
  return (
    <nav className={styles.views} aria-label={t.views}>
      <ul>
        {all.map((view, index) => (
          <li key={view.name}>
            <Link
              to="."
              search={view.search as never}
              activeOptions={{ exact: true }}
              aria-current={view === current ? 'true' : undefined}
              data-current={view === current || undefined}
              {...(index < 9 && { 'aria-keyshortcuts': String(index + 1) })}
            >
              {view.name}
              {view.name === kept.first && (
                <>
                  <Star size={11} aria-hidden />
                  <span className="hidden">{t.opensFirst}</span>
                </>
              )}
            </Link>
          </li>
        ))}
      </ul>
      {!current && (
        <Button kind="quiet" onClick={() => setOpen('save')}>
          {t.saveThisViewDots}
        </Button>
      )}
      <Button kind="quiet" onClick={() => setOpen('edit')}>
        {t.editViews}
      </Button>
      {open === 'save' && (
        <SaveView
          others={all}
          onClose={close}
          onSave={(name, first) => {
            change(({ views, first: before }) => ({
              views: [...views, { name, search: lasting(search) }],
              first: first ? name : before,
            }));
            close();
          }}
        />
      )}
      {open === 'edit' && (
        <EditViews
          given={given}
          kept={kept}
          onClose={close}
          onSave={(next) => {
            change(() => next);
            close();
          }}
        />
      )}
    </nav>
  );
}
