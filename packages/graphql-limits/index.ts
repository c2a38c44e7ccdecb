export type { Hold } from './hold';
export { limitOperation as holdOperation } from './operation';
export { limitText as holdText } from './text';
export { weigh, type Prices, type Weight } from './weigh';
