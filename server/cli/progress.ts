import { SingleBar } from 'cli-progress';
import type { ImportProgress } from '../../engine/index.ts';
import type { CommonOptions } from './command.ts';
import { formatBytes, formatCount, type Terminal } from './terminal.ts';

/** How far something is; where bytes do not say it, `done` of `total` do. */
export interface Progress extends ImportProgress {
  readonly done?: number;
  readonly total?: number;
}

/** Shows how far something is. */
export interface ProgressBar {
  update(progress: Progress): void;
  stop(): void;
}

/** A progress bar on a terminal; nothing elsewhere, or where only results are wanted. */
export function showProgress(terminal: Terminal, options: CommonOptions, name: string): ProgressBar {
  if (terminal.errors.isTTY !== true || options.quiet === true || options.json === true) {
    return { update: () => undefined, stop: () => undefined };
  }
  let bar: SingleBar | null = null;
  return {
    update({ rows, bytes, bytesTotal, elapsedMs, done = bytes, total = bytesTotal ?? undefined }) {
      const seconds = Math.max(elapsedMs / 1000, 0.001);
      const payload = {
        rows: formatCount(rows),
        rate: formatCount(rows / seconds),
        size: formatBytes(bytes),
        speed: formatBytes(bytes / seconds),
      };
      if (bar === null) {
        bar = createBar(terminal, name, total !== undefined);
        bar.start(total ?? 0, done, payload);
      } else bar.update(done, payload);
    },
    stop() {
      bar?.stop();
      bar = null;
    },
  };
}

/** A stream's end is not known, so it has no bar and no time left. */
function createBar(terminal: Terminal, name: string, ends: boolean): SingleBar {
  const counts = '{rows} rows, {rate} rows/s, {speed}/s';
  return new SingleBar({
    format: ends ? `${name} {bar} {percentage}% ${counts}, {eta_formatted} left` : `${name} {size}, ${counts}`,
    stream: terminal.errors as NodeJS.WriteStream,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 24,
    etaBuffer: 50,
  });
}
