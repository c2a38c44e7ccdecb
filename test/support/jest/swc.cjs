/** How TypeScript is made JavaScript for tests: in Jest, and in the processes that tests start. */
module.exports = (syntax) => ({
  jsc: {
    target: 'es2022',
    parser: syntax === 'typescript' ? { syntax, decorators: true } : { syntax },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: { type: 'commonjs' },
});
