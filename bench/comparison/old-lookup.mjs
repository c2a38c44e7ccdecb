// The old system's look-up of the samples in force, with its statements: the phase, the approved version with the highest number, its
// samples with all their columns, and the names of the deciders.

/** @param ask runs a named statement and returns its rows */
export async function lookUpTheOldWay(ask, { cycleId, reportId }) {
  const [{ phase_id: phaseId }] = await ask(
    'phase',
    `select * from workflow_phases where cycle_id = $1 and report_id = $2 and phase_name = 'Sample Selection'`,
    cycleId,
    reportId,
  );
  const [version] = await ask(
    'version',
    `select * from cycle_report_sample_selection_versions
     where phase_id = $1 and version_status = 'approved' and version_number = (
       select max(version_number) from cycle_report_sample_selection_versions
       where phase_id = $1 and version_status = 'approved')`,
    phaseId,
  );
  const samples = await ask(
    'samples',
    'select * from cycle_report_sample_selection_samples where version_id = $1 order by sample_id',
    version.version_id,
  );
  const deciders = [...new Set(samples.map(({ report_owner_decision_by_id: id }) => id))];
  const people = await ask('names', 'select * from users where user_id = any($1::int[])', deciders);
  const names = new Map(people.map((user) => [user.user_id, `${user.first_name} ${user.last_name}`]));
  return {
    versionId: version.version_id,
    versionNumber: version.version_number,
    status: version.version_status.toUpperCase(),
    decisions: samples.map((sample) => ({
      decisionId: sample.sample_id,
      attributeId: sample.sample_identifier,
      attributeData: sample.sample_data,
      decisionType: sample.sample_category,
      reason: sample.report_owner_decision_notes,
      decidedBy: { name: names.get(sample.report_owner_decision_by_id) },
    })),
  };
}
