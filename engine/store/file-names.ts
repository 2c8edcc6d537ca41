/** Names of the store's files below its folder; user text never becomes part of one. */
export const fileNames = {
  current: 'CURRENT',
  logs: 'log',
  tables: 'tables',
  keys: 'keys',
} as const;

/** Suffix of a file that is not yet what its name says: removed at open. */
export const temporarySuffix = '.tmp';

/** @returns the name of a log file: six digits and more, in the order of the files. */
export function logFileName(number: number): string {
  return `${padded(number)}.log`;
}

/** @returns the name of a manifest. */
export function manifestFileName(number: number): string {
  return `MANIFEST-${number}`;
}

/** @returns the name of a file of idempotency keys. */
export function keyFileName(number: number): string {
  return `${padded(number)}.keys`;
}

/** @returns the number in the name of a log or key file, or null when it is no such name. */
export function numberOfFile(name: string, suffix: '.log' | '.keys'): number | null {
  const digits = name.slice(0, -suffix.length);
  return name.endsWith(suffix) && /^\d{6,}$/.test(digits) ? Number.parseInt(digits, 10) : null;
}

function padded(number: number): string {
  return String(number).padStart(6, '0');
}
