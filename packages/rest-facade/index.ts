export { restFacade, type Ask, type Asked, type Meaning, type Requested } from './facade';
export { typeOf, type Codes } from './problems';
export { Refused } from './refused';
export { asks, at, type QueryParameter, type Route } from './route';
export { pathOf } from './routing';
