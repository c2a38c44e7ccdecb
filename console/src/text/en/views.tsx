/** The texts of saved views. */
export const aViewNeedsAName = 'A view needs a name.';
export const thereIsAViewAlready = (name: string): string => `There is a view “${name}” already.`;
export const views = 'Views';
export const whichOneThePageOpens = 'Which one the page opens with, and what yours are called.';
export const nameOf = (was: string): string => `Name of ${was}`;
export const deleteWas = (was: string): string => `Delete ${was}`;
export const noneOfYourOwnYet = 'None of your own yet: set up a view, and save it.';
export const saveTheViews = 'Save the views';
export const openThePageWith = (name: string): string => `Open the page with ${name}`;
export const saveThisView = 'Save this view';
export const storedInThisBrowserAnybody =
  'Stored in this browser. Anybody you send its address to sees what they are allowed to see.';
export const name = 'Name';
export const openThePageWithIt = 'Open the page with it';
export const saveTheView = 'Save the view';
export const opensFirst = ', opens first';
export const saveThisViewDots = 'Save this view…';
export const editViews = 'Edit views…';
