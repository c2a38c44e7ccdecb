/**
 * Tables through which the database knows what it must know about phases to guard them. Their rows follow from the declarations and are
 * written at deployment; the catalogue audit also checks them.
 */
import { withClient } from '../../../packages/pg-client';
import { phases } from '../../phases';
import { columnFields, columnName } from '../../versioning/fields';
import { roleToSign } from '../../versioning/fitness';
import { transitions } from '../../versioning/lifecycle';
import type { Json } from '../../versioning/model';
import type { PhaseDeclaration } from '../../versioning/phase';
import type { Db } from '../connection/database';
import { dbOn } from '../connection/statements';
import { REFERENCE_STREAM } from '../register/people';

interface PolicyTable {
  readonly name: string;
  readonly key: readonly string[];
  readonly rows: readonly Readonly<Record<string, Json>>[];
}

const policyOf = (phase: PhaseDeclaration) => ({
  phase: phase.key,
  versioning_type: phase.versioning,
  self_attested: phase.versioning === 'FULL' && phase.selfAttested === true,
  version_table: phase.version.table,
  actor_columns: columnFields(phase.version.fields).flatMap(([name, field]) =>
    field.source === 'input' && field.isActor ? [columnName(name)] : [],
  ),
});

function signaturesOf(phase: PhaseDeclaration) {
  if (phase.versioning !== 'FULL' || !phase.signOffs) return [];
  const fields = new Map(columnFields(phase.version.fields));
  return phase.signOffs.map((declared) => {
    const flag = declared.onlyIf === undefined ? undefined : fields.get(declared.onlyIf);
    return {
      phase: phase.key,
      sign_off_role: declared.role,
      given_by: roleToSign(declared),
      only_if: declared.onlyIf === undefined ? null : columnName(declared.onlyIf),
      waived_by: flag?.source === 'input' ? [...(flag.restricted?.to ?? [])] : [],
    };
  });
}

const stepsOf = (phase: PhaseDeclaration) =>
  phase.versioning === 'FULL'
    ? []
    : Object.entries(phase.commands).flatMap(([command, { next, marks, takes }]) =>
        next
          ? {
              phase: phase.key,
              command,
              is_review: marks === 'REVIEWED',
              field: takes ? columnName(takes.field) : null,
              value: takes?.value ?? null,
              otherwise: takes?.otherwise ?? null,
            }
          : [],
      );

const policyTables = (): PolicyTable[] => [
  { name: 'phase_policy', key: ['phase'], rows: phases.map(policyOf) },
  { name: 'phase_signature', key: ['phase', 'sign_off_role'], rows: phases.flatMap(signaturesOf) },
  { name: 'phase_step', key: ['phase', 'command'], rows: phases.flatMap(stepsOf) },
  {
    name: 'version_transition',
    key: ['from_status', 'to_status'],
    rows: Object.values(transitions).map(({ from, to }) => ({ from_status: from, to_status: to })),
  },
];

const wanted = (rows: PolicyTable['rows']) =>
  JSON.stringify(rows.map((row) => ({ ...row, stream_id: REFERENCE_STREAM })));

/** The rows that a table must contain, as a row source. */
const wantedRows = (table: string, parameter = 1): string =>
  `jsonb_populate_recordset(null::public.${table}, $${parameter}) w`;

export interface PolicyDifference {
  readonly table: string;
  readonly row: string;
  readonly kind: 'missing' | 'unexpected' | 'changed';
}

/** The rows that differ from the declarations, in those tables that can be read. */
export async function policyDifferences(db: Db, canRead = (_table: string) => true): Promise<PolicyDifference[]> {
  const tables = policyTables().filter(({ name }) => canRead(name));
  if (tables.length === 0) return [];
  const differing = tables.map(
    ({ name, key }, index) =>
      `select '${name}' as table, concat_ws(' ', ${key.join(', ')}) as row,
         case when t.stream_id is null then 'missing' when w.stream_id is null then 'unexpected' else 'changed' end as kind
       from public.${name} t full join ${wantedRows(name, index + 1)} using (${key.join(', ')})
       where to_jsonb(t) is distinct from to_jsonb(w)`,
  );
  return db.query<PolicyDifference>(
    `${differing.join(' union all ')} order by 1, 2`,
    tables.map(({ rows }) => wanted(rows)),
  );
}

/** Corrects differing rows in a commit of their own. A phase that has versions is never removed. */
export async function writePolicies(ownerUrl: string): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    const differences = await policyDifferences(dbOn(client));
    if (differences.length === 0) return;
    await client.query('begin');
    await client.query('select log.state($1, $2)', ['deploy', 'What the database guards is what the phases declare.']);
    for (const { name, key, rows } of policyTables()) {
      const columns = Object.keys(rows[0]!);
      const kept =
        name === 'phase_policy' ? 'and not exists (select from public.phase_version v where v.phase = t.phase)' : '';
      const isSame = key.map((column) => `w.${column} = t.${column}`).join(' and ');
      await client.query(
        `delete from public.${name} t where not exists (select from ${wantedRows(name)} where ${isSame}) ${kept}`,
        [wanted(rows)],
      );
      await client.query(
        `insert into public.${name} as t select * from ${wantedRows(name)} on conflict (${key.join(', ')})
         do update set ${columns.map((column) => `${column} = excluded.${column}`).join(', ')} where (t.*) is distinct from (excluded.*)`,
        [wanted(rows)],
      );
    }
    await client.query('commit');
  });
}
