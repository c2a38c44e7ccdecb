import { Dialog } from '@base-ui/react/dialog';
import type { ReactNode, RefObject } from 'react';
import floating from './floating.module.css';

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

/** A modal dialog, open while it is mounted. */
export function Modal({ title, description, className = '', initialFocus, onClose, children }: Props) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={floating.backdrop} />
        <Dialog.Popup className={`${floating.dialog} ${className}`} {...(initialFocus && { initialFocus })}>
          <Dialog.Title className={floating.title}>{title}</Dialog.Title>
          {description && <Dialog.Description>{description}</Dialog.Description>}
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
