import { useState } from 'react';
import * as t from '#text/diff';
import { Button } from '../../parts/atoms';
import { useAt } from '../../shell/use-at';

const COPIED_MS = 1500;

/** Copies a permanent link to this comparison. For content that can still change, the link includes the instant. */
export function CopyLink({ isSettled }: { isSettled: boolean }) {
  const { at } = useAt();
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    const address = new URL(location.href);
    if (!isSettled && !at) address.searchParams.set('at', new Date().toISOString());
    void navigator.clipboard?.writeText(address.href);
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <Button onClick={copy}>
      {isCopied ? t.copied : t.copyLink}
      <span className="hidden" role="status">
        {isCopied && t.theLinkWillAlwaysShow}
      </span>
    </Button>
  );
}
