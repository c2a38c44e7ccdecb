import type { Database } from '../database/database';
import type { Caller } from '../services/commit';
import type { Viewer } from '../versioning/model';
import { makeLoaders, type Loaders } from './loaders/loaders';

/** What every resolver gets: who asks, and the loaders of this request. */
export class Context implements Caller {
  loaders: Loaders;

  constructor(
    readonly db: Database,
    readonly viewer: Viewer,
    readonly requestId: string,
  ) {
    this.loaders = makeLoaders(db, viewer);
  }

  /** What was loaded before a mutation is not true after it; fields of the next root mutation read anew. */
  forget(): void {
    this.loaders = makeLoaders(this.db, this.viewer);
  }
}
