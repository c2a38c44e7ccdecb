/**
 * Decides where a list is read. The only list of its level is read by its parent's statement, which repeats the parent's columns for each
 * entry; others get a statement of their own for all parents at once.
 */
import type { TextRow } from '../../database/connection/statements';
import type { Compiler, Level, Thing, Write } from './compile';
import type { Run, Segment } from './run';
import { CachedRows } from './text-cache';
import { statementBelow } from './past';
import type { Statement } from './statement';

/** A list with a statement of its own. */
export interface OwnList {
  readonly statement: Statement;
  /** The position of the parent key in the statement above, and in the list's own statement. */
  readonly parent: number;
  readonly key: number;
  readonly below: OwnList[];
}

export type Lists = List[];

/** The maximum number of columns that are repeated for each entry of a list. */
const NARROW = 12;

export const levelOf = (isOne: boolean): Level => ({ isOne, lists: [], width: 0 });

/** Assigns the lists of a level to statements, once all columns of the level are known. */
export function placeLists({ isOne, lists, width }: Level, own: OwnList[]): void {
  const isFolded = lists.length === 1 && (isOne || width <= NARROW);
  for (const list of lists) list.build(isFolded, own, isOne);
}

export abstract class List {
  protected readonly level = levelOf(false);
  #own: { readonly list: OwnList; readonly parent: number } | null = null;
  readonly #pieces: { readonly write: Write; kept?: Write }[] = [];
  /** The cached text, if the list belongs to a single object. */
  protected keeping: CachedRows | null = null;

  /** @param parent an expression over the thing for the key that the rows belong to */
  constructor(
    protected readonly compiler: Compiler,
    protected readonly thing: Thing,
    private readonly parent: string,
  ) {}

  /** Joins the rows of the list to a parent, and makes their writers. */
  protected abstract read(statement: Statement, parent: string): void;

  /** A piece of the answer made from the rows of the list. */
  protected piece(write: Write): Write {
    const piece: { readonly write: Write; kept?: Write } = { write };
    this.#pieces.push(piece);
    return (run, rows, from, to) => (piece.kept ?? write)(run, rows, from, to);
  }

  /** An expression for the fingerprint of the rows; null if there is none, or none that is cheap. */
  protected printOf(_parent: string): (() => string) | null {
    return null;
  }

  build(isFolded: boolean, own: OwnList[], isOfOne: boolean): void {
    const { statement } = this.thing.rows;
    const parent = this.thing.rows.sql(this.parent);
    if (isFolded) {
      const print = isOfOne && !statement.isPast && this.#pieces.length > 0 ? this.printOf(parent) : null;
      if (print) {
        const keeping = new CachedRows(statement, this.#pieces.length, print);
        this.#pieces.forEach((piece, n) => (piece.kept = keeping.piece(n, piece.write)));
        this.keeping = keeping;
      }
      const read = () => {
        this.read(statement, parent);
        placeLists(this.level, own);
      };
      if (print) statement.as('list', read);
      else read();
      return;
    }
    const apart = statementBelow(statement);
    const ids = apart.parameter((_, parents) => parents);
    apart.join(() => `unnest(${ids}::uuid[]) with ordinality p(parent, n)`);
    apart.orderBy('p.n');
    const list = { statement: apart, parent: statement.place(parent), key: apart.place('p.parent'), below: [] };
    this.#own = { list, parent: list.parent };
    own.push(list);
    this.read(apart, 'p.parent');
    placeLists(this.level, list.below);
  }

  /** The list's rows: among those of its parent, or in the answer of its own statement. */
  protected segment(run: Run, rows: readonly TextRow[], from: number, to: number): Segment {
    if (!this.#own) return { rows, from, to };
    return run.listed(this.#own.list, rows[from]![this.#own.parent]!);
  }
}
