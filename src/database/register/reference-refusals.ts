/** Explains why a change of the reference data failed, to API callers and to the person at the terminal. */
import { Prisma } from '../../generated/prisma/client';
import { badInput, busy, DomainError, notFound } from '../../versioning/errors';

/** A refusal that says what to do; nothing was written. */
export class ReferenceDataRefusal extends Error {}
export class ReasonMissing extends ReferenceDataRefusal {}

/** The cause of a Prisma error: PostgreSQL's own error, or a domain error. */
export function causeOf(error: unknown): unknown {
  if (error instanceof ReferenceDataRefusal) return badInput(error.message);
  const { code, meta, cause } = error as { code?: string; meta?: { driverAdapterError?: Error }; cause?: unknown };
  if (code === 'P2025') return notFound('What is to be changed');
  if (code === 'P2028')
    return busy('Others are working on this, and the wait was too long. Nothing was done; try again.', 2);
  const original = (meta?.driverAdapterError?.cause ?? cause) as
    { originalCode?: string; originalMessage?: string; severity?: string } | undefined;
  if (original?.originalCode === undefined) return error;
  const { originalCode, originalMessage, severity = 'ERROR' } = original;
  if (originalCode === '23505')
    return new DomainError('CONFLICT', 'Another entry has this id, name or number already.');
  if (/^2300[13]$|^23503$/.test(originalCode))
    return badInput('It names a user, cycle, report or line of business that does not exist.');
  return Object.assign(new Error(originalMessage), { code: originalCode, severity });
}

/** The message at the terminal for a failed write of reference data. */
export function messageOf(error: unknown): string {
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    if (error.code === 'P2002') return 'Another entry has this id, name or number already.';
    if (error.code === 'P2003') return 'It names a user, cycle, report or line of business that does not exist.';
    if (/cycles_period|a cycle that starts on/.test(error.message))
      return 'A cycle ends after it starts: give an --end that is not before --start.';
    if (error.code === 'P2025') return 'There is no entry with this id.';
  }
  if (error instanceof ReasonMissing) return error.message.replace(/\.$/, ': --reason "…".');
  return error instanceof Error ? error.message : String(error);
}
