import type { FieldNode } from 'graphql';
import { factsFrom } from '../../database/versions/facts';
import { factsExpression, type FactsRow } from '../../database/versions/version-facts';
import type { PhaseDeclaration } from '../../versioning/phase';
import type { Compiler, Thing, Write } from './compile';
import type { AnyField } from './selections';
import type { Source } from './sources';
import { valueWriter } from './value';

/** Writes what the rules say about a version: the facts are read with its row, and evaluated for the request's viewer. */
export function ruledWriter(
  compiler: Compiler,
  { make, inThePast }: Extract<Source, { is: 'ruled' }>,
  field: AnyField,
  nodes: readonly FieldNode[],
  thing: Thing,
  phase: PhaseDeclaration,
): Write {
  const write = valueWriter(compiler, field, nodes);
  if (thing.rows.statement.isPast && inThePast !== undefined) return () => write(inThePast);
  const facts = compiler.place(thing, factsExpression('$', thing.phases ?? [phase]));
  compiler.needsActorToday();
  const stream = compiler.place(thing, '$.stream_id');
  return (run, rows, from) => {
    const row = rows[from]!;
    return write(make(factsFrom(phase, run.parsed<FactsRow>(row[facts])!, run.actorIn(row[stream]!))));
  };
}
