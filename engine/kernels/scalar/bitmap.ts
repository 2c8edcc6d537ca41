/**
 * The twins of the kernels over bitmaps, over a view of the whole memory as bytes.
 * @param a where the first bitmap begins; @param b the second; @param count rows; @param out where the result goes.
 * @returns how many rows of the result are true.
 */
export function andBits(bytes: Uint8Array, a: number, b: number, count: number, out: number): number {
  const size = (count + 7) >> 3;
  for (let i = 0; i < size; i++) bytes[out + i] = bytes[a + i] & bytes[b + i];
  return finish(bytes, count, out);
}

/** The twin of orBitmaps; as andBits. */
export function orBits(bytes: Uint8Array, a: number, b: number, count: number, out: number): number {
  const size = (count + 7) >> 3;
  for (let i = 0; i < size; i++) bytes[out + i] = bytes[a + i] | bytes[b + i];
  return finish(bytes, count, out);
}

/** The twin of andNotBitmaps; as andBits. */
export function andNotBits(bytes: Uint8Array, a: number, b: number, count: number, out: number): number {
  const size = (count + 7) >> 3;
  for (let i = 0; i < size; i++) bytes[out + i] = bytes[a + i] & ~bytes[b + i];
  return finish(bytes, count, out);
}

/** The twin of notBitmap. */
export function notBits(bytes: Uint8Array, a: number, count: number, out: number): number {
  const size = (count + 7) >> 3;
  for (let i = 0; i < size; i++) bytes[out + i] = ~bytes[a + i];
  return finish(bytes, count, out);
}

/** The twin of countBitmap. */
export function countBits(bytes: Uint8Array, at: number, count: number): number {
  let found = 0;
  const whole = at + (count >> 3);
  for (let i = at; i < whole; i++) found += bitsOf(bytes[i]);
  if ((count & 7) !== 0) found += bitsOf(bytes[whole] & lastMask(count));
  return found;
}

/** The twin of bitmapToRows. @param rows a view of the whole memory as words; @param to index of the first row in it. */
export function listBits(
  bytes: Uint8Array,
  at: number,
  count: number,
  rows: Uint32Array,
  to: number,
  first: number,
): number {
  let out = to;
  for (let row = 0; row < count; row += 8) {
    let bits = bytes[at + (row >> 3)];
    if (count - row < 8) bits &= lastMask(count);
    for (; bits !== 0; bits &= bits - 1) rows[out++] = first + row + 31 - Math.clz32(bits & -bits);
  }
  return out - to;
}

function finish(bytes: Uint8Array, count: number, out: number): number {
  if ((count & 7) !== 0) bytes[out + (count >> 3)] &= lastMask(count);
  return countBits(bytes, out, count);
}

function lastMask(count: number): number {
  return (1 << (count & 7)) - 1;
}

function bitsOf(byte: number): number {
  const pairs = byte - ((byte >> 1) & 0x55);
  const fours = (pairs & 0x33) + ((pairs >> 2) & 0x33);
  return (fours + (fours >> 4)) & 0x0f;
}
