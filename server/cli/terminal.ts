import type { Readable, Writable } from 'node:stream';

/** Where a command prints and what the process will exit with. Results go to standard output, talk to standard error. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly errors: Writable & { readonly isTTY?: boolean };
  exitCode: number;
  /** Whether whoever read the results has gone away (`| head`). */
  readonly closed: boolean;
  /** Resolves when the text is taken; a reader that went away (a closed pipe) is no failure. */
  print(text: string | Uint8Array): Promise<void>;
  /** A line of talk for a person: progress, what was detected. */
  say(text: string): void;
}

/** @returns the process's own terminal. */
export function createTerminal(): Terminal {
  let closed = false;
  // Who reads the talk may go away too; there is nobody left to tell.
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
  });
  return {
    input: process.stdin,
    output: process.stdout,
    errors: process.stderr,
    exitCode: 0,
    get closed() {
      return closed;
    },
    print: (text) =>
      new Promise((resolve) => {
        if (closed) resolve();
        else process.stdout.write(text, () => resolve());
      }),
    say: (text) => {
      process.stderr.write(`${text}\n`);
    },
  };
}

/** @returns 1234567 as "1,234,567". */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** @returns bytes as "12.3 MB", decimal units. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}

/** @returns a length of time as "850 ms", "12.3 s", "3 m 05 s", "7 h 20 m" or "12 d 04 h". */
export function formatElapsed(elapsedMs: number): string {
  if (elapsedMs < 1000) return `${elapsedMs.toFixed(elapsedMs > 0 && elapsedMs < 10 ? 1 : 0)} ms`;
  if (elapsedMs < 60_000) return `${(elapsedMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(elapsedMs / 1000);
  if (seconds < 3600) return twoUnits(seconds, 60, 'm', 's');
  const minutes = Math.round(elapsedMs / 60_000);
  return minutes < 1440 ? twoUnits(minutes, 60, 'h', 'm') : twoUnits(Math.round(elapsedMs / 3_600_000), 24, 'd', 'h');
}

function twoUnits(count: number, whole: number, name: string, part: string): string {
  return `${Math.floor(count / whole)} ${name} ${String(count % whole).padStart(2, '0')} ${part}`;
}
