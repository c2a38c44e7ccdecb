import { Dialog } from '@base-ui/react/dialog';
import type { ReactNode, RefObject } from 'react';
import floating from './floating.module.css';

interface Props {
  title: ReactNode;
  /** What it is for, or what happens then. */
  description?: ReactNode;
  /** What makes it look otherwise than others. */
  className?: string | undefined;
  /** What has the focus at first; its first control, unless told otherwise. */
  initialFocus?: RefObject<HTMLElement | null>;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog that is open for as long as it is there, over a page that waits. */
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
