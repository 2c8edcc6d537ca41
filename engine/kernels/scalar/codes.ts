import type { Kernels } from '../kernels.ts';
import { numbersAt, type NumbersAt, type Views } from './views.ts';

type CodeKernels = Pick<
  Kernels,
  'mixCodes' | 'shiftCodes' | 'markNulls' | 'bucketCodes' | 'evenBucketCodes' | 'mapCodes' | 'validRows'
>;

/** The twins of the kernels that make local codes of group keys. */
export function codeKernels(views: () => Views): CodeKernels {
  return {
    mixCodes: (a, aBytes, b, bBytes, count, span, out, outBytes) =>
      mix(numbersAt(views(), a, aBytes), numbersAt(views(), b, bBytes), count, span, numbersAt(views(), out, outBytes)),
    shiftCodes: (values, valueBytes, count, shift, out, outBytes) =>
      shiftAll(numbersAt(views(), values, valueBytes), count, shift, numbersAt(views(), out, outBytes)),
    markNulls: (codes, codeBytes, validity, first, count, code, out, outBytes) =>
      mark(
        numbersAt(views(), codes, codeBytes),
        views().u8,
        validity,
        first,
        count,
        code,
        numbersAt(views(), out, outBytes),
      ),
    bucketCodes: (offsets, offsetBytes, count, origin, shift, firsts, ends, out, outBytes) =>
      buckets(
        numbersAt(views(), offsets, offsetBytes),
        count,
        origin,
        2 ** shift,
        views().u32,
        firsts / 4,
        ends / 4,
        numbersAt(views(), out, outBytes),
      ),
    evenBucketCodes: (offsets, offsetBytes, count, origin, width, out, outBytes) =>
      evenBuckets(numbersAt(views(), offsets, offsetBytes), count, origin, width, numbersAt(views(), out, outBytes)),
    mapCodes: (codes, codeBytes, count, map, out) =>
      mapAll(numbersAt(views(), codes, codeBytes), count, views().u32, map / 4, out / 4),
    validRows: (rows, count, validity, outRows, outPlaces) =>
      listValid(views().u32, rows / 4, count, views().u8, validity, outRows / 4, outPlaces / 4),
  };
}

function mix(a: NumbersAt, b: NumbersAt, count: number, span: number, out: NumbersAt): void {
  for (let i = 0; i < count; i++) out.array[out.from + i] = Math.imul(a.array[a.from + i], span) + b.array[b.from + i];
}

function shiftAll(values: NumbersAt, count: number, shift: number, out: NumbersAt): void {
  for (let i = 0; i < count; i++) out.array[out.from + i] = values.array[values.from + i] + shift;
}

function mark(
  codes: NumbersAt,
  validity: Uint8Array,
  validityFrom: number,
  first: number,
  count: number,
  code: number,
  out: NumbersAt,
): void {
  for (let i = 0; i < count; i++) {
    const row = first + i;
    const valid = (validity[validityFrom + (row >> 3)] >> (row & 7)) & 1;
    out.array[out.from + i] = valid === 1 ? codes.array[codes.from + i] : code;
  }
}

function buckets(
  offsets: NumbersAt,
  count: number,
  origin: number,
  stretch: number,
  words: Uint32Array,
  firsts: number,
  ends: number,
  out: NumbersAt,
): void {
  for (let i = 0; i < count; i++) {
    const time = origin + offsets.array[offsets.from + i];
    const bucket = words[firsts + Math.floor(time / stretch)];
    const end = words[ends + 2 * bucket + 1] * 2 ** 32 + words[ends + 2 * bucket];
    out.array[out.from + i] = time >= end ? bucket + 1 : bucket;
  }
}

// The quotient rounds up to a whole number only where the sum is beyond 2^52.
function evenBuckets(offsets: NumbersAt, count: number, origin: number, width: number, out: NumbersAt): void {
  for (let i = 0; i < count; i++)
    out.array[out.from + i] = Math.floor((origin + offsets.array[offsets.from + i]) / width);
}

function mapAll(codes: NumbersAt, count: number, words: Uint32Array, map: number, out: number): number {
  let zeros = 0;
  for (let i = 0; i < count; i++) {
    const mapped = words[map + codes.array[codes.from + i]];
    words[out + i] = mapped - 1;
    if (mapped === 0) zeros++;
  }
  return zeros;
}

function listValid(
  words: Uint32Array,
  rows: number,
  count: number,
  validity: Uint8Array,
  validityFrom: number,
  outRows: number,
  outPlaces: number,
): number {
  let found = 0;
  for (let i = 0; i < count; i++) {
    const row = words[rows + i];
    words[outRows + found] = row;
    words[outPlaces + found] = i;
    found += (validity[validityFrom + (row >> 3)] >> (row & 7)) & 1;
  }
  return found;
}
