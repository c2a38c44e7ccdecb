/** Imported before anything else, this makes a test file run what production runs: libraries look once, when they load. */
process.env.NODE_ENV = 'production';
export {};
