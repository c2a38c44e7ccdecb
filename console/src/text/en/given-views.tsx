/** The texts of the views that pages come with. */
export const everything = 'Everything';
export const thatIAmAssignedTo = 'That I am assigned to';
export const withSomethingWaitingForA = 'With something waiting for a week';
export const thatAreOverdue = 'That are overdue';
export const lastChange = 'Last change';
export const waitingLongest = 'Waiting longest';
export const mine = 'Mine';
export const waitingForAWeek = 'Waiting for a week';
export const overdue = 'Overdue';
