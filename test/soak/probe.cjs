// Loaded into a server that is watched: when it is asked over its channel, it collects its garbage and says what is left.
process.on('message', () => {
  global.gc();
  global.gc();
  process.send({ heap: process.memoryUsage().heapUsed, handles: process.getActiveResourcesInfo().length });
});
process.channel.unref();
