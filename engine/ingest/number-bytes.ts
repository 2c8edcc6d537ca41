/** Powers of ten that a double holds exactly. */
const powers = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** What `scanNumber` found: the digits as one whole number, and how many of them stand after the point. */
export const scanned = { mantissa: 0, scale: 0 };

/**
 * Reads a number written as one prints it: digits without leading zeros, a minus, a point with digits after it; at most
 * 15 digits, so that `mantissa / 10^scale` is exact or rounded once. Leaves them in `scanned`.
 * @returns whether the bytes are such a number. A minus before zero without a point is none.
 */
export function scanNumber(bytes: Uint8Array, from: number, to: number): boolean {
  const negative = bytes[from] === 0x2d;
  let at = negative ? from + 1 : from;
  if (to - at > 16 || at >= to) return false;
  const lead = bytes[at];
  const start = at;
  let mantissa = 0;
  for (; at < to; at++) {
    const digit = bytes[at] - 48;
    if (digit < 0 || digit > 9) break;
    mantissa = mantissa * 10 + digit;
  }
  const whole = at - start;
  if (whole === 0 || (lead === 48 && whole > 1)) return false;
  if (at === to) {
    if (whole > 15 || (negative && mantissa === 0)) return false;
    scanned.mantissa = negative ? -mantissa : mantissa;
    scanned.scale = 0;
    return true;
  }
  if (bytes[at] !== 0x2e || ++at === to) return false;
  const fraction = at;
  for (; at < to; at++) {
    const digit = bytes[at] - 48;
    if (digit < 0 || digit > 9) return false;
    mantissa = mantissa * 10 + digit;
  }
  scanned.mantissa = negative ? -mantissa : mantissa;
  scanned.scale = to - fraction;
  return whole + scanned.scale <= 15;
}

/** @returns `mantissa / 10^scale`, correctly rounded for what `scanNumber` accepts. */
export function decimalValue(mantissa: number, scale: number): number {
  return mantissa / powers[scale]!;
}

/** @returns the text that `scanNumber` read. */
export function decimalText(mantissa: number, scale: number): string {
  const negative = mantissa < 0 || Object.is(mantissa, -0);
  const digits = String(Math.abs(mantissa)).padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return negative ? `-${text}` : text;
}
