/** One phase of each kind, with every property of a declaration explained. Neither is registered. */
export { drafted } from './drafted';
export { recorded } from './recorded';
