/** The texts of the search for a place. */
export const whatWaitsForYou = 'what waits for you';
export const whereAllOfThemStand = 'where all of them stand';
export const whetherTheLogVerifies = 'whether the log verifies';
export const theDaysWorkOfEach = 'the day’s work of each role';
export const administration = 'Administration';
export const peopleCyclesReports = 'people, cycles, reports';
export const theVersionWithThisId = 'The version with this id';
export const phaseOfReport = (phaseNames: string, report: string): string => `${phaseNames} of ${report}`;
export const goTo = 'Go to';
export const aReportAPhaseOr = 'A report, a phase or a page';
export const aReportAPhaseOrA = 'A report, a phase or a page: “cards scoping”';
export const places = 'Places';
export const nothingThatYouMaySee = (text: string): string => `Nothing that you may see is called “${text}”.`;
export const looking = 'Looking …';
export const figures = 'figures';
