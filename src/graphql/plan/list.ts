/**
 * Where a list is read: one that is the only list of its level by its parent's statement, whose rows are repeated for it; others by
 * a statement of their own, for all their parents at once.
 */
import type { TextRow } from '../../database/statements';
import type { Compiler, Level, Thing, Write } from './compile';
import type { Run, Segment } from './run';
import { Keeping } from './kept';
import { statementBelow } from './past';
import type { Statement } from './statement';

/** A list with a statement of its own. */
export interface OwnList {
  readonly statement: Statement;
  /** Where the statement above reads what the list belongs to, and where its own statement does. */
  readonly parent: number;
  readonly key: number;
  readonly below: OwnList[];
}

export type Lists = List[];

/** How much may be read of an object that is repeated for each entry of its list. */
const NARROW = 12;

export const levelOf = (isOne: boolean): Level => ({ isOne, lists: [], width: 0 });

/** Puts the lists of a level into statements, when all that is read of it is known. */
export function placeLists({ isOne, lists, width }: Level, own: OwnList[]): void {
  const isFolded = lists.length === 1 && (isOne || width <= NARROW);
  for (const list of lists) list.build(isFolded, own, isOne);
}

export abstract class List {
  protected readonly level = levelOf(false);
  #own: { readonly list: OwnList; readonly parent: number } | null = null;
  readonly #pieces: { readonly write: Write; kept?: Write }[] = [];
  /** Keeps the text of a list of one object. */
  protected keeping: Keeping | null = null;

  /** @param parent what its rows belong to, as an expression over the thing */
  constructor(
    protected readonly compiler: Compiler,
    protected readonly thing: Thing,
    private readonly parent: string,
  ) {}

  /** Joins the rows of the list to a parent, and makes what writes them. */
  protected abstract read(statement: Statement, parent: string): void;

  /** A piece of the answer that is made from the rows of the list. */
  protected piece(write: Write): Write {
    const piece: { readonly write: Write; kept?: Write } = { write };
    this.#pieces.push(piece);
    return (run, rows, from, to) => (piece.kept ?? write)(run, rows, from, to);
  }

  /** What tells whether the rows are still those that a text was made from; null where that cannot be told, or not cheaply. */
  protected printOf(_parent: string): (() => string) | null {
    return null;
  }

  build(isFolded: boolean, own: OwnList[], isOfOne: boolean): void {
    const { statement } = this.thing.rows;
    const parent = this.thing.rows.sql(this.parent);
    if (isFolded) {
      const print = isOfOne && !statement.isPast && this.#pieces.length > 0 ? this.printOf(parent) : null;
      if (print) {
        const keeping = new Keeping(statement, this.#pieces.length, print);
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

  /** The rows of the list among those of its parent, or those that its own statement answered. */
  protected segment(run: Run, rows: readonly TextRow[], from: number, to: number): Segment {
    if (!this.#own) return { rows, from, to };
    return run.listed(this.#own.list, rows[from]![this.#own.parent]!);
  }
}
