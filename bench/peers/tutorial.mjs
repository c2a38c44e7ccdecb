// A, the stack of tutorials: Apollo Server on express, type-graphql, Prisma and DataLoader. Resolvers are written in the obvious way: whole
// rows through the client, a loader for each relation, and pages cut out of the loaded rows. Decorators are called as functions, which has
// the same effect and needs no compiler.
import 'reflect-metadata';
import { isDeepStrictEqual } from 'node:util';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import { PrismaPg } from '@prisma/adapter-pg';
import cors from 'cors';
import DataLoader from 'dataloader';
import express from 'express';
import { GraphQLJSON } from 'graphql-scalars';
import * as typeGraphql from 'type-graphql';
import { PrismaClient } from './node_modules/neutral-client/client.js';

const { Arg, Ctx, Field, FieldResolver, GraphQLISODateTime, ID, InputType, Int, Mutation, ObjectType, Query, Resolver, Root } = typeGraphql; // prettier-ignore

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL, max: 10, idleTimeoutMillis: 0 }),
});

const maybe = { nullable: true };

/** Decorates a class as a type with these fields. */
function declare(decorate, type, fields) {
  decorate()(type);
  for (const [name, [of, options = {}]] of Object.entries(fields)) Field(() => of, options)(type.prototype, name);
}

class User {}
class Decision {}
class Version {}
class Series {}
class FieldChange {}
class Change {}
class DiffEntry {}
class Diff {}
class DecisionInput {}
class CreateDraftInput {}

declare(ObjectType, User, { name: [String] });
const content = {
  attributeId: [ID],
  attributeData: [GraphQLJSON],
  decisionType: [String],
  reason: [String, maybe],
};
declare(ObjectType, Decision, { decisionId: [ID], ...content });
declare(ObjectType, Version, {
  versionId: [ID],
  phase: [String],
  versionNumber: [Int],
  status: [String],
  createdAt: [GraphQLISODateTime],
  submittedAt: [GraphQLISODateTime, maybe],
  reviewedAt: [GraphQLISODateTime, maybe],
  effectiveFrom: [GraphQLISODateTime, maybe],
  effectiveTo: [GraphQLISODateTime, maybe],
  parentVersionId: [ID, maybe],
  notes: [String, maybe],
});
declare(ObjectType, Series, { seriesId: [ID], phase: [String] });
declare(ObjectType, FieldChange, { field: [String], oldValue: [GraphQLJSON, maybe], newValue: [GraphQLJSON, maybe] });
declare(ObjectType, Change, { attributeId: [ID], changes: [[FieldChange]] });
declare(ObjectType, DiffEntry, content);
declare(ObjectType, Diff, { added: [[DiffEntry]], removed: [[DiffEntry]], changed: [[Change]] });
declare(InputType, DecisionInput, content);
declare(InputType, CreateDraftInput, {
  seriesId: [ID],
  userId: [Int],
  notes: [String, maybe],
  decisions: [[DecisionInput]],
});

const groupBy = (ids, rows, key) => {
  const groups = new Map(ids.map((id) => [id, []]));
  for (const row of rows) groups.get(row[key]).push(row);
  return ids.map((id) => groups.get(id));
};
const inOrder = (ids, rows, key) => {
  const found = new Map(rows.map((row) => [row[key], row]));
  return ids.map((id) => found.get(id));
};

const makeLoaders = () => ({
  user: new DataLoader(async (ids) =>
    inOrder(ids, await prisma.user.findMany({ where: { id: { in: [...ids] } } }), 'id'),
  ),
  series: new DataLoader(async (ids) =>
    inOrder(ids, await prisma.series.findMany({ where: { seriesId: { in: [...ids] } } }), 'seriesId'),
  ),
  versions: new DataLoader(async (ids) => {
    const where = { seriesId: { in: [...ids] } };
    return groupBy(ids, await prisma.phaseVersion.findMany({ where, orderBy: { versionNumber: 'desc' } }), 'seriesId');
  }),
  decisions: new DataLoader(async (ids) => {
    const where = { versionId: { in: [...ids] } };
    return groupBy(ids, await prisma.decision.findMany({ where, orderBy: { attributeId: 'asc' } }), 'versionId');
  }),
});

function compare(before, after) {
  const old = new Map(before.map((decision) => [decision.attributeId, decision]));
  const now = new Map(after.map((decision) => [decision.attributeId, decision]));
  const fields = ['attributeData', 'decisionType', 'reason'];
  const changed = [...old.values()].flatMap((one) => {
    const other = now.get(one.attributeId);
    if (!other) return [];
    const changes = fields
      .filter((field) => !isDeepStrictEqual(one[field], other[field]))
      .map((field) => ({ field, oldValue: one[field], newValue: other[field] }));
    return changes.length > 0 ? [{ attributeId: one.attributeId, changes }] : [];
  });
  return {
    added: after.filter(({ attributeId }) => !old.has(attributeId)),
    removed: before.filter(({ attributeId }) => !now.has(attributeId)),
    changed,
  };
}

const lockSeries = (tx, seriesId) =>
  tx.$queryRaw`select series_id from series where series_id = ${seriesId}::uuid for update`;

class VersionResolver {
  createdBy({ createdById }, { user }) {
    return user.load(createdById);
  }
  submittedBy({ submittedById }, { user }) {
    return submittedById === null ? null : user.load(submittedById);
  }
  reviewedBy({ reviewedById }, { user }) {
    return reviewedById === null ? null : user.load(reviewedById);
  }
  async decisions({ versionId }, first, { decisions }) {
    return (await decisions.load(versionId)).slice(0, first ?? undefined);
  }
  current(seriesId) {
    return prisma.phaseVersion.findFirst({ where: { seriesId, status: 'APPROVED' } });
  }
  history(seriesId, last) {
    return prisma.phaseVersion.findMany({ where: { seriesId }, orderBy: { versionNumber: 'desc' }, take: last });
  }
  asOf(cycleId, reportId, at) {
    return prisma.phaseVersion.findMany({
      where: {
        series: { cycleId, reportId },
        effectiveFrom: { lte: at },
        OR: [{ effectiveTo: null }, { effectiveTo: { gt: at } }],
      },
      orderBy: { phase: 'asc' },
    });
  }
  async diff(seriesId, a, b, { decisions }) {
    const versions = await prisma.phaseVersion.findMany({ where: { seriesId, versionNumber: { in: [a, b] } } });
    const ids = [a, b].map((number) => versions.find(({ versionNumber }) => versionNumber === number).versionId);
    const [before, after] = await decisions.loadMany(ids);
    return compare(before, after);
  }
  series(ids, { series }) {
    return series.loadMany(ids);
  }
  createDraft({ seriesId, userId, notes, decisions }) {
    return prisma.$transaction(async (tx) => {
      await lockSeries(tx, seriesId);
      const last = await tx.phaseVersion.findFirst({ where: { seriesId }, orderBy: { versionNumber: 'desc' } });
      const { phase } = await tx.series.findUniqueOrThrow({ where: { seriesId } });
      const version = await tx.phaseVersion.create({
        data: {
          seriesId,
          phase,
          versionNumber: (last?.versionNumber ?? 0) + 1,
          status: 'DRAFT',
          createdAt: new Date(),
          createdById: userId,
          parentVersionId: last?.versionId,
          notes,
        },
      });
      const { versionId } = version;
      await tx.decision.createMany({
        data: decisions.map((decision) => ({ ...decision, versionId, recommendedById: userId })),
      });
      return version;
    });
  }
  submit(versionId, userId) {
    return prisma.$transaction(async (tx) => {
      const { count } = await tx.phaseVersion.updateMany({
        where: { versionId, status: 'DRAFT' },
        data: { status: 'PENDING_APPROVAL', submittedAt: new Date(), submittedById: userId },
      });
      if (count === 0) throw new Error('It is no draft.');
      return tx.phaseVersion.findUniqueOrThrow({ where: { versionId } });
    });
  }
  approve(versionId, userId) {
    return prisma.$transaction(async (tx) => {
      const { seriesId } = await tx.phaseVersion.findUniqueOrThrow({ where: { versionId } });
      await lockSeries(tx, seriesId);
      const now = new Date();
      await tx.phaseVersion.updateMany({
        where: { seriesId, status: 'APPROVED' },
        data: { status: 'SUPERSEDED', effectiveTo: now },
      });
      const { count } = await tx.phaseVersion.updateMany({
        where: { versionId, status: 'PENDING_APPROVAL' },
        data: { status: 'APPROVED', reviewedAt: now, reviewedById: userId, effectiveFrom: now },
      });
      if (count === 0) throw new Error('It is not pending.');
      return tx.phaseVersion.findUniqueOrThrow({ where: { versionId } });
    });
  }
}
class DecisionResolver {
  decidedBy({ decidedById }, { user }) {
    return decidedById === null ? null : user.load(decidedById);
  }
}
class SeriesResolver {
  async history({ seriesId }, first, { versions }) {
    return (await versions.load(seriesId)).slice(0, first);
  }
}

/** Decorates the methods of a resolver with their results and parameters. */
function resolve(resolver, of, methods) {
  Resolver(() => of)(resolver);
  for (const [name, [decorate, ...parameters]] of Object.entries(methods)) {
    decorate(resolver.prototype, name, Object.getOwnPropertyDescriptor(resolver.prototype, name));
    for (const [place, parameter] of parameters.entries()) parameter(resolver.prototype, name, place);
  }
}
const field = (of, options) => [FieldResolver(() => of, options), Root(), Ctx()];
const userId = Arg('userId', () => Int);
const versionId = Arg('versionId', () => ID);
const seriesId = Arg('seriesId', () => ID);

resolve(VersionResolver, Version, {
  createdBy: field(User),
  submittedBy: field(User, maybe),
  reviewedBy: field(User, maybe),
  decisions: [FieldResolver(() => [Decision]), Root(), Arg('first', () => Int, maybe), Ctx()],
  current: [Query(() => Version, maybe), seriesId],
  history: [Query(() => [Version]), seriesId, Arg('last', () => Int)],
  asOf: [
    Query(() => [Version]),
    Arg('cycleId', () => ID),
    Arg('reportId', () => ID),
    Arg('at', () => GraphQLISODateTime),
  ],
  diff: [Query(() => Diff), seriesId, Arg('a', () => Int), Arg('b', () => Int), Ctx()],
  series: [Query(() => [Series]), Arg('ids', () => [ID]), Ctx()],
  createDraft: [Mutation(() => Version), Arg('input', () => CreateDraftInput)],
  submit: [Mutation(() => Version), versionId, userId],
  approve: [Mutation(() => Version), versionId, userId],
});
resolve(DecisionResolver, Decision, { decidedBy: field(User, maybe) });
resolve(SeriesResolver, Series, { history: [FieldResolver(() => [Version]), Root(), Arg('first', () => Int), Ctx()] });

const schema = await typeGraphql.buildSchema({
  resolvers: [VersionResolver, DecisionResolver, SeriesResolver],
  validate: false,
});
const server = new ApolloServer({ schema });
await server.start();
const app = express();
const context = async () => makeLoaders();
app.use('/graphql', cors(), express.json({ limit: '10mb' }), expressMiddleware(server, { context }));
const listening = app.listen(Number(process.env.PORT), '127.0.0.1');
listening.keepAliveTimeout = 60_000;
