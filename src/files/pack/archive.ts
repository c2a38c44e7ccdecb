/** A zip archive that is written piece by piece, so that it takes no more memory than a piece, with a hash of each file in it. */
import { createHash } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { setImmediate as othersFirst } from 'node:timers/promises';
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';

/** The same each time: what a file's time says to most programs is no instant, since it knows no zone. */
const NO_TIME = new Date(1980, 0, 1);

export interface Packed {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

type Pieces = Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

export class Archive {
  readonly files: Packed[] = [];
  private readonly out: WriteStream;
  private readonly ended: Promise<unknown>;
  private readonly zip: Zip;
  private isFull = false;

  constructor(file: string) {
    this.out = createWriteStream(file, { mode: 0o600, flags: 'wx' });
    this.ended = once(this.out, 'close');
    // Looked at when all is written; until then a failure is no fault of nobody's.
    this.ended.catch(() => undefined);
    this.zip = new Zip((error, piece, isLast) => {
      if (error) this.out.destroy(error);
      else this.isFull = !this.out.write(piece);
      if (isLast) this.out.end();
    });
  }

  /** @param isPacked what would not become smaller is stored as it is */
  async add(name: string, pieces: Pieces, { isPacked = false } = {}): Promise<void> {
    const entry = isPacked ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 6 });
    entry.mtime = NO_TIME;
    this.zip.add(entry);
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of pieces) {
      const data = typeof piece === 'string' ? Buffer.from(piece) : piece;
      hash.update(data);
      bytes += data.byteLength;
      entry.push(data);
      await this.room();
    }
    entry.push(new Uint8Array(), true);
    await this.room();
    this.files.push({ name, bytes, sha256: hash.digest('hex') });
  }

  /** Others are answered between two pieces, and what is not written yet does not gather. */
  private async room(): Promise<void> {
    if (this.out.errored) throw this.out.errored;
    if (this.isFull) await Promise.race([once(this.out, 'drain'), this.ended]);
    else await othersFirst();
    this.isFull = false;
  }

  async close(): Promise<void> {
    this.zip.end();
    await this.ended;
  }

  /** Gives up what was begun. */
  abandon(): void {
    this.zip.terminate();
    this.out.destroy();
  }
}
