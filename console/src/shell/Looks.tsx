/** How the controls of the header look, also before their code is there. */
import { Clock } from 'lucide-react';
import * as t from '#text/shell';
import { instant } from '#text/time';
import { Person } from '../parts/atoms';

export const LookOfInstant = ({ at }: { at: string | undefined }) => (
  <>
    <Clock size={14} strokeWidth={1.75} aria-hidden />
    <span>{at ? instant(at) : t.now}</span>
  </>
);
export const LookOfViewer = ({ name }: { name: string | undefined }) => <Person name={name ?? '·'} />;
