import { CatchBoundary } from '@tanstack/react-router';
import { Suspense, type ReactNode } from 'react';
import { codeOf } from '../api/error';

interface Props {
  /** Shown until the part has loaded. */
  waiting?: ReactNode;
  children: ReactNode;
}

/** A part of a page whose code is loaded when it is needed. Without a connection the page around it stays, and says so. */
export const OnDemand = ({ waiting = null, children }: Props) => (
  <CatchBoundary
    getResetKey={() => ''}
    errorComponent={({ error }) => {
      if (codeOf(error) !== 'OFFLINE') throw error;
      return waiting;
    }}
  >
    <Suspense fallback={waiting}>{children}</Suspense>
  </CatchBoundary>
);
