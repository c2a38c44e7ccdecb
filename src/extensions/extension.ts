import type { Supplement } from '../database/as-of-reader';

/** What adds to the product, and could be taken away with its folder and its line. */
export interface Extension {
  /** The schema of its own tables. */
  readonly schema: string;
  /** What the deployment runs after the migrations, each time: it makes views that follow from something else. */
  readonly deploy: readonly { readonly text: string; readonly values?: unknown[] }[];
  /** What it says of the time before it was captured. */
  readonly supplement: Supplement;
}
