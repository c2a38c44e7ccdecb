/**
 * Where packs lie while they are made, and until their time has come: in the database, in pieces. A folder would be one server's,
 * and whoever asks for a pack is answered by any; large objects have no owner who could be asked whether the lease is still held.
 */
import { createHash } from 'node:crypto';
import type { Db } from '../../database/database';
import { addPart, partsOf, type PackLease } from '../../database/packs';
import { Archive, type Pieces } from './archive';

/** What is sent and read at once. */
const PIECE_BYTES = 262_144;

/** Makes pieces of one size of pieces of any. */
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

/** Keeps what a step makes. */
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

  /** Also a file that is empty has a piece: by it it is known. */
  async add(name: string, pieces: Pieces): Promise<void> {
    const gathering = this.gathering(name);
    for await (const piece of pieces) await gathering.add(typeof piece === 'string' ? Buffer.from(piece) : piece);
    await gathering.end();
  }

  /** Makes one archive of everything that the steps before made, and of what is said of it in the end. */
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
