/**
 * Runs before each test file. As it is loaded, graphql-js looks at NODE_ENV: outside production it asks of every object in
 * its hands whether it comes from a second copy of the library, which takes a sixth of all tests' time. That there is one
 * copy is what the installation sees to; with two of them no schema could be built, whatever is asked.
 */
const { NODE_ENV } = process.env;
process.env.NODE_ENV = 'production';
jest.requireActual('graphql/jsutils/instanceOf');
process.env.NODE_ENV = NODE_ENV;
export {};
