/**
 * The seed of everything random in the tests. It follows from the content of the commit, but for what only people read: the same program
 * is tested in the same way everywhere, and another in another way. The long form takes a new one in each run. `FC_SEED` sets it.
 */
const { execFileSync } = require('node:child_process');
const { createHash, randomInt } = require('node:crypto');

/** Folders and files at the top of a commit that do not change what runs: a figure in a document is no other program. */
const FOR_READERS = /\t(docs|bench|.*\.md)$/;

function seedOfContent() {
  try {
    const options = { cwd: __dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    const top = execFileSync('git', ['ls-tree', '--full-tree', 'HEAD'], options).split('\n');
    const program = top.filter((entry) => !FOR_READERS.test(entry)).join('\n');
    return parseInt(createHash('sha256').update(program).digest('hex').slice(0, 7), 16);
  } catch {
    return 1; // sources that were not cloned have no commit
  }
}

module.exports = function ensureSeed() {
  process.env.FC_SEED ??= String(process.env.TEST_EFFORT === 'long' ? randomInt(2 ** 31) : seedOfContent());
  return process.env.FC_SEED;
};
