// Loaded into a server: while there is a file, no name of a machine is found by it.
const dns = require('node:dns');
const { existsSync } = require('node:fs');

const { lookup } = dns;
dns.lookup = (hostname, options, callback = options) => {
  if (!existsSync(process.env.NAMES_ARE_GONE)) return lookup(hostname, options, callback);
  const error = new Error(`getaddrinfo ENOTFOUND ${hostname}`);
  process.nextTick(callback, Object.assign(error, { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname }));
};
