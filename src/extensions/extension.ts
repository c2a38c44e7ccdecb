import type { Supplement } from '../database/log/as-of-reader';

/** An extension of the product, which can be removed with its folder and its line in the list. */
export interface Extension {
  /** The database schema of its own tables. */
  readonly schema: string;
  /** Statements that every deployment runs after the migrations, to create views derived from something else. */
  readonly deploy: readonly { readonly text: string; readonly values?: unknown[] }[];
  /** What it knows about the time before the data was captured. */
  readonly supplement: Supplement;
}
