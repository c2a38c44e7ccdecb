/** Imported first, this makes a test file run what production runs: libraries check the variable once, when they load. */
process.env.NODE_ENV = 'production';
export {};
