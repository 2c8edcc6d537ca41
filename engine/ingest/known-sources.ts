import { createHash, type Hash } from 'node:crypto';
import { isVarveError } from '../base/errors.ts';
import type { ImportPosition, Store } from '../store/store-types.ts';

/** Bytes of a source's beginning by which those that may be the same are found; the rest is then compared as well. */
export const headBytesMax = 65_536;

/**
 * How far a source is in, as it is kept with its rows. All counts are of plain bytes (inflated), so that a log is the
 * same after it was renamed or compressed.
 */
export interface KnownSource {
  readonly key: string;
  /** Where it was read from, an absolute path. */
  readonly source: string;
  readonly headBytes: number;
  readonly head: string;
  /** All before this is in, and `sum` is its digest. */
  readonly bytes: number;
  readonly sum: string;
  /** Where the record begins that the end of the source cut off; `bytes` when none. */
  readonly tail: number;
  readonly tailSum: string;
  /** Rows that were made of that record: 0 when it could not be read. */
  readonly tailRows: number;
}

/** How a format's records end. */
export type RecordEnds = 'lines' | 'quotes' | 'braces';

/** Where to go on with a source of which some is in. */
export interface Resumption {
  readonly known: KnownSource;
  readonly from: number;
  /** Digest state of all bytes before `from`. */
  readonly hash: Hash;
  /** Nothing follows what is in. */
  readonly complete: boolean;
  /** The record at `from` was cut off when a row was made of its beginning. */
  readonly cutRow: boolean;
}

/** The sources that are in a table, by what they hold. */
export interface KnownSources {
  /** @returns those that begin as `head` does. */
  candidates(head: Uint8Array): KnownSource[];
  /** @returns what was read from this path before, whatever it held. */
  fromPath(path: string): KnownSource | undefined;
  freeKey(head: Uint8Array): string;
  /** Takes note of what a commit will make durable. */
  record(known: KnownSource): void;
}

/** @returns a digest of bytes: the first 128 bits of SHA-256. */
export function digestOf(bytes: Uint8Array): string {
  return digestOfHash(createHash('sha256').update(bytes));
}

/** @returns the digest so far; the state goes on. */
export function digestOfHash(hash: Hash): string {
  return hash.copy().digest('hex').slice(0, 32);
}

/** Reads a table's positions once; later ones are added as they are recorded. */
export function createKnownSources(store: Store, table: string): KnownSources {
  const all = new Map<string, KnownSource>();
  for (const [key, position] of store.importPositions()) {
    const known = knownFromPosition(key, position);
    if (known !== null && position['table'] === table) all.set(key, known);
  }
  return {
    candidates(head) {
      const digests = new Map<number, string>();
      return [...all.values()].filter(({ headBytes, head: wanted }) => {
        if (headBytes > head.length) return false;
        let digest = digests.get(headBytes);
        if (digest === undefined) digests.set(headBytes, (digest = digestOf(head.subarray(0, headBytes))));
        return digest === wanted;
      });
    },
    fromPath: (path) => [...all.values()].find(({ source }) => source === path),
    freeKey(head) {
      const base = `${table}:${digestOf(head)}`;
      let key = base;
      for (let count = 2; all.has(key) || store.importPositions().has(key); count++) key = `${base}:${count}`;
      return key;
    },
    record: (known) => void all.set(known.key, known),
  };
}

/** @returns a source's position as the store keeps it. */
export function positionOf(table: string, { key: _key, ...rest }: KnownSource): ImportPosition {
  return { table, ...rest };
}

function knownFromPosition(key: string, position: ImportPosition): KnownSource | null {
  const { source, headBytes, head, bytes, sum, tail, tailSum, tailRows } = position;
  const texts = [source, head, sum, tailSum].every((field) => typeof field === 'string');
  const numbers = [headBytes, bytes, tail, tailRows].every((field) => typeof field === 'number');
  return texts && numbers && Number(headBytes) > 0 ? { ...(position as unknown as KnownSource), key } : null;
}

/** A place up to which a candidate is in, if the digest there is the same. */
interface Point {
  readonly at: number;
  readonly sum: string;
  readonly known: KnownSource;
  readonly kind: 'end' | 'tail';
}

/**
 * Reads a source up to where the furthest candidate ends and finds the one that it continues: every byte before is the same.
 * @param ends what tells that the last record was whole: in lines a line end; in JSON that it could be read; in CSV
 * (`quotes`) a line end too, but only behind a row.
 * @returns null when it is none of them.
 */
export async function findResumption(
  stream: AsyncIterable<Uint8Array>,
  candidates: readonly KnownSource[],
  ends: RecordEnds,
): Promise<Resumption | null> {
  const points = pointsOf(candidates);
  const hash = createHash('sha256');
  const hashes = new Map<number, Hash>();
  const following = new Map<number, number>();
  let at = 0;
  let next = 0;
  const match = (): void => {
    for (; next < points.length && points[next]!.at === at; next++)
      if (digestOfHash(hash) === points[next]!.sum) hashes.set(next, hash.copy());
  };
  match();
  let damaged = false;
  try {
    for await (const chunk of stream) {
      for (let from = 0; from < chunk.length;) {
        following.set(at, chunk[from]!);
        if (next >= points.length) break;
        const to = Math.min(chunk.length, from + points[next]!.at - at);
        hash.update(chunk.subarray(from, to));
        at += to - from;
        from = to;
        match();
      }
      if (next >= points.length && following.has(at)) break;
    }
  } catch (error) {
    // Up to the damage it may still continue what is in; the import itself tells of it.
    if (!isVarveError(error) || error.code !== 'data_corrupted') throw error;
    damaged = true;
  }
  const open = ({ kind, known }: Point): boolean => kind === 'end' || known.tailRows === 0;
  const best = [...hashes.keys()].filter((index) => open(points[index]!)).at(-1);
  if (best === undefined) return null;
  const resumption = resumptionAt(points, hashes, best, following.get(points[best]!.at), ends);
  return damaged ? { ...resumption, complete: false } : resumption;
}

function pointsOf(candidates: readonly KnownSource[]): Point[] {
  return candidates
    .flatMap((known): Point[] => {
      const end: Point = { at: known.bytes, sum: known.sum, known, kind: 'end' };
      return known.tail === known.bytes ? [end] : [{ at: known.tail, sum: known.tailSum, known, kind: 'tail' }, end];
    })
    .sort((a, b) => a.at - b.at);
}

function resumptionAt(
  points: readonly Point[],
  hashes: ReadonlyMap<number, Hash>,
  index: number,
  following: number | undefined,
  ends: RecordEnds,
): Resumption {
  const { known, kind, at } = points[index]!;
  const resumption = { known, from: at, hash: hashes.get(index)!, complete: following === undefined, cutRow: false };
  if (kind === 'tail' || known.tail === known.bytes || following === undefined) return resumption;
  // The source goes on after a record that its end had cut off.
  const lineEnds = following === 10 || following === 13;
  if (ends === 'braces' ? known.tailRows > 0 : lineEnds && (ends === 'lines' || known.tailRows > 0)) return resumption;
  const tail = points.findIndex((point) => point.kind === 'tail' && point.known === known);
  return { ...resumption, from: known.tail, hash: hashes.get(tail)!, cutRow: known.tailRows > 0 };
}
