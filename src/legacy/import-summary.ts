/** Counts what became of a run's rows; the same for dry and real runs. */
import type { PlacedRow } from './unit';

export type Fate = PlacedRow['fate'];

export interface TableSummary {
  readonly table: string;
  readonly fates: Record<Fate, number>;
}

export interface FindingSummary {
  readonly code: string;
  readonly table: string;
  count: number;
  /** The first row, and what was found about it. */
  readonly example: string;
}

export interface QuarantineSummary {
  readonly table: string;
  readonly key: string;
  readonly code: string;
  readonly reason: string;
}

export class ImportSummary {
  readonly #tables = new Map<string, TableSummary>();
  readonly #findings = new Map<string, FindingSummary>();
  readonly quarantine: QuarantineSummary[] = [];

  add(sources: readonly PlacedRow[]): void {
    for (const { source, fate, refusal } of sources) {
      const tally = this.#tables.get(source.table) ?? {
        table: source.table,
        fates: { IMPORTED: 0, MERGED: 0, KEPT: 0, QUARANTINED: 0 },
      };
      this.#tables.set(source.table, tally);
      tally.fates[fate]++;
      for (const { code, message } of source.findings) {
        const name = `${source.table} ${code}`;
        const known = this.#findings.get(name);
        if (known) known.count++;
        else this.#findings.set(name, { code, table: source.table, count: 1, example: `${source.key}: ${message}` });
      }
      if (refusal) this.quarantine.push({ table: source.table, key: source.key, ...refusal });
    }
  }

  get tables(): TableSummary[] {
    return [...this.#tables.values()].sort((a, b) => a.table.localeCompare(b.table));
  }

  get findings(): FindingSummary[] {
    return [...this.#findings.values()].sort((a, b) => a.code.localeCompare(b.code) || a.table.localeCompare(b.table));
  }
}
