import { useRef, useState } from 'react';
import { Button } from '../../parts/atoms';
import floating from '../../parts/floating.module.css';
import { Modal } from '../../parts/Modal';

/** Shows a receiver's secret once; it cannot be read again. */
export function Secret({ name, secret, onClose }: { name: string; secret: string; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = () => {
    field.current?.select();
    void navigator.clipboard?.writeText(secret).then(() => setCopied(true));
  };
  return (
    <Modal
      title={`The secret of ${name}`}
      description="Shown this once. Give it to the receiver, which checks the signatures with it; if it is lost, make a new one."
      initialFocus={field}
      onClose={onClose}
    >
      <label className={floating.field}>
        Secret
        <input ref={field} readOnly value={secret} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <div className={floating.actions}>
        <Button onClick={copy}>{copied ? 'Copied' : 'Copy'}</Button>
        <Button kind="main" onClick={onClose}>
          I have it
        </Button>
      </div>
    </Modal>
  );
}
