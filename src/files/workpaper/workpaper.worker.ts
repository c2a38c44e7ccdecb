/** What a worker does: a paper is composed and set. */
import { compose } from './compose';
import type { Paper } from './paper';
import { setPaper } from './set';

export default async (paper: Paper): Promise<Uint8Array> => setPaper(compose(paper));
