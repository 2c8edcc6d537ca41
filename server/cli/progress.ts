import { SingleBar } from 'cli-progress';
import type { ImportProgress } from '../../engine/index.ts';
import type { CommonOptions } from './command.ts';
import { formatBytes, formatCount, type Terminal } from './terminal.ts';

/** Shows how far something is. */
export interface ProgressBar {
  update(progress: ImportProgress): void;
  stop(): void;
}

/** A progress bar on a terminal; nothing elsewhere, or where only results are wanted. */
export function showProgress(terminal: Terminal, options: CommonOptions, name: string): ProgressBar {
  if (terminal.errors.isTTY !== true || options.quiet === true || options.json === true) {
    return { update: () => undefined, stop: () => undefined };
  }
  const bar = new SingleBar({
    format: `${name} {bar} {percentage}% {rows} rows, {rate} rows/s, {speed}/s, {eta_formatted} left`,
    stream: terminal.errors as NodeJS.WriteStream,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 24,
    etaBuffer: 50,
  });
  let started = false;
  return {
    update({ rows, bytes, bytesTotal, elapsedMs }) {
      const seconds = Math.max(elapsedMs / 1000, 0.001);
      const payload = {
        rows: formatCount(rows),
        rate: formatCount(rows / seconds),
        speed: formatBytes(bytes / seconds),
      };
      if (!started) bar.start(bytesTotal ?? 0, bytes, payload);
      else bar.update(bytes, payload);
      started = true;
    },
    stop() {
      if (started) bar.stop();
    },
  };
}
