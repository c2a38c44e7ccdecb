/**
 * The seed of everything random in the tests. It follows from the content of the commit: the same content is tested in the same way
 * everywhere, and other content in another way. The long form takes a new one in each run. `FC_SEED` sets it.
 */
const { execFileSync } = require('node:child_process');
const { randomInt } = require('node:crypto');

function seedOfContent() {
  try {
    const options = { cwd: __dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    return parseInt(execFileSync('git', ['rev-parse', 'HEAD^{tree}'], options).slice(0, 7), 16);
  } catch {
    return 1; // sources that were not cloned have no commit
  }
}

module.exports = function ensureSeed() {
  process.env.FC_SEED ??= String(process.env.TEST_EFFORT === 'long' ? randomInt(2 ** 31) : seedOfContent());
  return process.env.FC_SEED;
};
