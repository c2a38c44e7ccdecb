/** The workflow that the demo data sets up: one report in one cycle. */
export const DEMO_WORKFLOW = {
  cycleId: '0194d2a0-5c00-7000-8000-000000000001',
  reportId: '0194d2a0-5c00-7000-8000-000000000002',
};
