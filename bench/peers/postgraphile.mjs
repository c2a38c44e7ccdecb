// C, a peer that derives its schema from the database: PostGraphile 5 on node:http, with its recommended preset and the predictable names
// of its version 4. Functions cover what it cannot express itself (a diff, an instant, a write in one step).
import http from 'node:http';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { listOfCodec, TYPES } from 'postgraphile/@dataplan/pg';
import { sql } from 'postgraphile/pg-sql2';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { makeV4Preset } from 'postgraphile/presets/v4';
import utils from 'postgraphile/utils';

// PostGraphile requires Node 22; this is the only feature of it that it uses.
Promise.withResolvers ??= function withResolvers() {
  let resolve, reject;
  const promise = new Promise((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
};

const { extendSchema, gql } = utils;

const seriesByIds = extendSchema((build) => {
  const { series } = build.input.pgRegistry.pgResources;
  return {
    typeDefs: gql`
      extend type Query {
        allSeriesByIds(ids: [UUID!]!): [Series!]
      }
    `,
    objects: {
      Query: {
        plans: {
          allSeriesByIds(_root, { $ids }) {
            const $series = series.find();
            const ids = $series.placeholder($ids, listOfCodec(TYPES.uuid));
            $series.where(sql`${$series.alias}.series_id = any(${ids})`);
            return $series;
          },
        },
      },
    },
  };
});

const instance = postgraphile({
  extends: [
    PostGraphileAmberPreset,
    makeV4Preset({ dynamicJson: true, simpleCollections: 'omit', ignoreRBAC: true, ignoreIndexes: true }),
  ],
  pgServices: [
    makePgService({
      connectionString: process.env.DATABASE_URL,
      schemas: ['public'],
      pubsub: false,
      poolConfig: { max: 10, idleTimeoutMillis: 0 },
    }),
  ],
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false, websockets: false },
  plugins: [seriesByIds],
});

const server = http.createServer();
await instance.createServ(grafserv).addTo(server);
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT), '127.0.0.1');
