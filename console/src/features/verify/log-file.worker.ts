/** Verifies a log file in a worker with the server's own code, and reports progress; the file is not uploaded. */
import { linesOf, LogFileVerifier } from '../../../../src/versioning/log-lines';
import type { Progress, Verdict } from './log-file';

const EVERY_MS = 100;
const tell = (told: Progress) => postMessage(told);

async function* chunksOf(file: File, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    yield next.value;
    onRead(next.value.length);
  }
}

async function verdictOn(file: File): Promise<Verdict> {
  const verifier = new LogFileVerifier();
  let read = 0;
  let told = performance.now();
  const chunks = chunksOf(file, (bytes) => {
    read += bytes;
    if (performance.now() - told < EVERY_MS) return;
    told = performance.now();
    tell({ read, commits: verifier.chain.sequence });
  });
  const verdict = (fault: ReturnType<LogFileVerifier['end']>): Verdict => ({
    fault,
    commits: verifier.chain.sequence,
    head: verifier.chain.hash,
    committedAt: verifier.chain.committedAt,
    streamId: verifier.header?.streamId ?? null,
  });
  for await (const line of linesOf(chunks)) {
    const fault = verifier.add(line);
    if (fault) return verdict(fault);
  }
  return verdict(verifier.end());
}

addEventListener('message', ({ data }: MessageEvent<File>) => {
  // A file that cannot be read, for instance because it was moved, is reported too.
  verdictOn(data).then(
    (verdict) => tell({ verdict }),
    (error: unknown) => tell({ failed: error instanceof Error ? error.message : String(error) }),
  );
});
