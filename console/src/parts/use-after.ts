import { useEffect, useState } from 'react';

/** Whether something has gone on for this many milliseconds. */
export function useAfter(ms: number, isGoingOn: boolean): boolean {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!isGoingOn) return;
    const timer = setTimeout(() => setLong(true), ms);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [ms, isGoingOn]);
  return isLong;
}

/** Counts seconds down to zero, beginning anew with each cause. */
export function useCountdown(seconds: number, cause: unknown): number {
  const [counted, setCounted] = useState({ cause, left: seconds });
  useEffect(() => {
    const end = Date.now() + seconds * 1000;
    const timer = setInterval(() => {
      const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      setCounted((previous) => (previous.cause === cause && previous.left === left ? previous : { cause, left }));
      if (left === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [seconds, cause]);
  return counted.cause === cause ? counted.left : seconds;
}
