/** A zip archive written piece by piece in bounded memory, with a hash of each file. */
import { createHash } from 'node:crypto';
import { setImmediate as othersFirst } from 'node:timers/promises';
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';

/** A fixed time, so that archives are reproducible; zip times have no time zone anyway. */
export const NO_TIME = new Date(1980, 0, 1);

export interface Packed {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export type Pieces = Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

/** Files that would not get smaller are stored uncompressed. */
const isPacked = (name: string): boolean => /\.(pdf|xlsx)$/.test(name);

export class Archive {
  readonly files: Packed[] = [];
  private readonly zip: Zip;
  private made: Uint8Array[] = [];

  /** @param take receives the archive piece by piece */
  constructor(private readonly take: (piece: Uint8Array) => Promise<void>) {
    this.zip = new Zip((error, piece) => {
      if (error) throw error;
      this.made.push(piece);
    });
  }

  async add(name: string, pieces: Pieces): Promise<void> {
    const entry = isPacked(name) ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 6 });
    entry.mtime = NO_TIME;
    this.zip.add(entry);
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of pieces) {
      const data = typeof piece === 'string' ? Buffer.from(piece) : piece;
      hash.update(data);
      bytes += data.byteLength;
      entry.push(data);
      await this.handOver();
    }
    entry.push(new Uint8Array(), true);
    await this.handOver();
    this.files.push({ name, bytes, sha256: hash.digest('hex') });
  }

  /** Lets other requests run between two pieces, and waits for the receiver (backpressure). */
  private async handOver(): Promise<void> {
    const made = this.made;
    this.made = [];
    for (const piece of made) await this.take(piece);
    await othersFirst();
  }

  async close(): Promise<void> {
    this.zip.end();
    await this.handOver();
  }
}
