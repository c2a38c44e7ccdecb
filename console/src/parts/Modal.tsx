import { Dialog } from '@base-ui/react/dialog';
import { useCallback, useRef, type ReactNode, type RefObject } from 'react';
import floating from './floating.module.css';
import { Holding } from './Outcome';

interface Props {
  title: ReactNode;
  /** The purpose or the consequence. */
  description?: ReactNode;
  /** An additional CSS class. */
  className?: string | undefined;
  /** The element that gets the focus first; by default the first control. */
  initialFocus?: RefObject<HTMLElement | null>;
  onClose: () => void;
  children: ReactNode;
}

/** A modal dialog, open while it is mounted. It is not closed while a command of it is being sent: its outcome has to be seen. */
export function Modal({ title, description, className = '', initialFocus, onClose, children }: Props) {
  const isHeld = useRef(false);
  const hold = useCallback((value: boolean) => void (isHeld.current = value), []);
  return (
    <Dialog.Root open onOpenChange={(open) => !open && !isHeld.current && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={floating.backdrop} />
        <Dialog.Popup className={`${floating.dialog} ${className}`} {...(initialFocus && { initialFocus })}>
          <Dialog.Title className={floating.title}>{title}</Dialog.Title>
          {description && <Dialog.Description>{description}</Dialog.Description>}
          <Holding value={hold}>{children}</Holding>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
