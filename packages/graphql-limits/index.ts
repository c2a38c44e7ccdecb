export type { Hold } from './hold';
export { holdOperation } from './operation';
export { holdText } from './text';
export { weigh, type Prices, type Weight } from './weigh';
