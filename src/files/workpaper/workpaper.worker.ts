/** The worker: composes and typesets a paper. */
import { compose } from './compose';
import type { Paper } from './paper';
import { setPaper } from './set';

export default async (paper: Paper): Promise<Uint8Array> => setPaper(compose(paper));
