import { useEffect, useRef, useState } from 'react';
import * as t from '#text/verify';
import type { Progress, Verdict } from './log-file';

export type Looking =
  | { readonly step: 'none' }
  | { readonly step: 'reading'; readonly file: File; readonly read: number; readonly commits: number }
  | { readonly step: 'read'; readonly file: File; readonly verdict: Verdict }
  | { readonly step: 'failed'; readonly file: File; readonly problem: string };

/** Verifies one file at a time in a worker, so that the page stays responsive; leaving the page terminates it. */
export function useLogFile() {
  const [looking, setLooking] = useState<Looking>({ step: 'none' });
  const worker = useRef<Worker | null>(null);
  const end = () => {
    worker.current?.terminate();
    worker.current = null;
  };
  const verify = (file: File) => {
    end();
    setLooking({ step: 'reading', file, read: 0, commits: 0 });
    const thread = new Worker(new URL('./log-file.worker.ts', import.meta.url), { type: 'module' });
    worker.current = thread;
    const failed = (problem: string) => {
      setLooking({ step: 'failed', file, problem });
      end();
    };
    thread.onmessage = ({ data }: MessageEvent<Progress>) => {
      if ('failed' in data) return failed(data.failed);
      if ('verdict' in data) {
        setLooking({ step: 'read', file, verdict: data.verdict });
        return end();
      }
      setLooking({ step: 'reading', file, ...data });
    };
    thread.onerror = ({ message }) => failed(message || t.theVerifierCouldNotBe);
    thread.postMessage(file);
  };
  const cancel = () => {
    end();
    setLooking({ step: 'none' });
  };
  useEffect(() => end, []);
  return { looking, verify, cancel };
}
