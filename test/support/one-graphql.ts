/**
 * Runs before each test file. When loaded, graphql-js checks NODE_ENV: outside production it checks for every object whether it comes from
 * a second copy of the library, which takes a sixth of all tests' time. The installation guarantees a single copy; with two, no schema
 * could be built at all.
 */
const { NODE_ENV } = process.env;
process.env.NODE_ENV = 'production';
jest.requireActual('graphql/jsutils/instanceOf');
process.env.NODE_ENV = NODE_ENV;
export {};
