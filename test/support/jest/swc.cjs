/** How TypeScript is made JavaScript for tests: in Jest, and in the processes that tests start. */
module.exports = (syntax, { tsx = false } = {}) => ({
  jsc: {
    target: 'es2022',
    parser: syntax === 'typescript' ? { syntax, tsx, decorators: true } : { syntax },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: false,
      react: { runtime: 'automatic' },
    },
  },
  module: { type: 'commonjs' },
});
