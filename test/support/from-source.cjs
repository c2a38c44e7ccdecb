/**
 * Lets a process that a test starts run from source. What is transpiled is kept in the folder of the run, so that of many
 * processes only the first pays for it. TypeScript itself, which takes longer to load than the whole product, is not needed.
 */
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const optionsOf = require('./jest/swc.cjs');

const folder = path.join(process.env.PHASELEDGER_TEST_FOLDER, 'transpiled');
mkdirSync(folder, { recursive: true });

function transpiled(file) {
  const source = readFileSync(file, 'utf8');
  const kept = path.join(folder, createHash('sha256').update(`${file}\0${source}`).digest('hex'));
  try {
    return readFileSync(kept, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const { transformSync } = require('@swc/core');
  const { code } = transformSync(source, {
    ...optionsOf('typescript'),
    filename: file,
    sourceMaps: 'inline',
    swcrc: false,
  });
  // Another process may be at the same file, and nobody may read half of it.
  const ours = `${kept}.${process.pid}`;
  writeFileSync(ours, code);
  renameSync(ours, kept);
  return code;
}

Module._extensions['.ts'] = (module, file) => module._compile(transpiled(file), file);
