// The old system's look-up behind bare node:http. The original used an ORM in Python, so this disregards any cost beside its statements.
import http from 'node:http';
import { createRequire } from 'node:module';
import { lookUpTheOldWay } from './old-lookup.mjs';

const pg = createRequire(import.meta.url)('pg');
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10, idleTimeoutMillis: 0 });

const ask = async (name, text, ...values) => (await pool.query({ name, text, values })).rows;

http
  .createServer((request, response) => {
    const chunks = [];
    const send = (status, body) => {
      const text = JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      response.end(text);
    };
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () =>
      lookUpTheOldWay(ask, JSON.parse(Buffer.concat(chunks)).variables).then(
        (found) => send(200, { data: { current: found } }),
        ({ message }) => send(500, { errors: [{ message }] }),
      ),
    );
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
