import { Search } from 'lucide-react';
import { lazy, useEffect, useState } from 'react';
import * as t from '#text/shell';
import { loadCode } from '../../api/load-code';
import { OnDemand } from '../../parts/OnDemand';
import { useKeys } from '../../shell/use-keys';

const load = loadCode(() => import('./FindDialog'));
const FindDialog = lazy(load);

/** Opens the quick search, also by `g` or `Ctrl K`. */
export function Find({ className }: { className: string | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const open = () => setOpen(true);
  useKeys({ g: open });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.key !== 'k' || !(event.ctrlKey || event.metaKey) || document.querySelector('[role=dialog]')) return;
      event.preventDefault();
      open();
    };
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
  return (
    <>
      <button
        type="button"
        className={className}
        aria-label={t.goToAWorkflowA}
        aria-keyshortcuts="g Control+K"
        title={t.goToG}
        onClick={open}
        onPointerEnter={() => void load().catch(() => undefined)}
      >
        <Search size={16} strokeWidth={1.75} aria-hidden />
      </button>
      {isOpen && (
        <OnDemand>
          <FindDialog onClose={() => setOpen(false)} />
        </OnDemand>
      )}
    </>
  );
}
