/**
 * Stores packs in the database in pieces, while they are made and until they expire. A folder would belong to one server, but any server
 * may be asked for a pack. Large objects would offer no row on which to check the lease.
 */
import { createHash } from 'node:crypto';
import type { Db } from '../../database/connection/database';
import { addPart, partsOf, type PackLease } from '../../database/delivery/packs';
import { Archive, type Pieces } from './archive';

/** The size of the pieces that are sent and read. */
const PIECE_BYTES = 262_144;

/** Regroups pieces into pieces of one size. */
class Gathering {
  private waiting: Uint8Array[] = [];
  private size = 0;

  constructor(private readonly take: (piece: Uint8Array) => Promise<void>) {}

  async add(data: Uint8Array): Promise<void> {
    for (let rest = data; rest.byteLength > 0;) {
      const piece = rest.subarray(0, PIECE_BYTES - this.size);
      rest = rest.subarray(piece.byteLength);
      this.waiting.push(piece);
      this.size += piece.byteLength;
      if (this.size === PIECE_BYTES) await this.end();
    }
  }

  async end(): Promise<void> {
    const piece = Buffer.concat(this.waiting);
    this.waiting = [];
    this.size = 0;
    await this.take(piece);
  }
}

/** Stores the files of a step. */
export class Store {
  private files = 0;

  constructor(
    private readonly db: Db,
    private readonly lease: PackLease,
    private readonly step: number,
  ) {}

  private gathering(name: string): Gathering {
    const file = this.files++;
    let ordinal = 0;
    return new Gathering((data) =>
      addPart(this.db, this.lease, { step: this.step, file, ordinal: ordinal++, name, data }),
    );
  }

  /** An empty file has one empty piece too, so that it is listed. */
  async add(name: string, pieces: Pieces): Promise<void> {
    const gathering = this.gathering(name);
    for await (const piece of pieces) await gathering.add(typeof piece === 'string' ? Buffer.from(piece) : piece);
    await gathering.end();
  }

  /** Makes one archive of the files of all earlier steps, and of what `last` adds. */
  async pack(
    name: string,
    last: (archive: Archive) => Promise<void>,
  ): Promise<{ readonly bytes: number; readonly sha256: string }> {
    const hash = createHash('sha256');
    let bytes = 0;
    const gathering = this.gathering(name);
    const archive = new Archive((piece) => {
      hash.update(piece);
      bytes += piece.byteLength;
      return gathering.add(piece);
    });
    const parts = partsOf(this.db, this.lease.packId, { from: 0, until: this.step });
    let next = await parts.next();
    while (!next.done) {
      const { step, file, name: of } = next.value;
      const pieces = async function* () {
        for (; !next.done && next.value.step === step && next.value.file === file; next = await parts.next())
          yield next.value.data;
      };
      await archive.add(of, pieces());
    }
    await last(archive);
    await archive.close();
    await gathering.end();
    return { bytes, sha256: hash.digest('hex') };
  }
}
