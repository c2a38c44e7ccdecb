import { useRef, useState } from 'react';
import * as t from '#text/webhooks';
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
    <Modal title={t.theSecretOf(name)} description={t.shownThisOnceGiveIt} initialFocus={field} onClose={onClose}>
      <label className={floating.field}>
        {t.secret}
        <input ref={field} readOnly value={secret} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <div className={floating.actions}>
        <Button onClick={copy}>{copied ? t.copied : t.copy}</Button>
        <Button kind="main" onClick={onClose}>
          {t.iHaveIt}
        </Button>
      </div>
    </Modal>
  );
}
