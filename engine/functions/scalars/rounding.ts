import { int64Max, int64Min } from './number-values.ts';

const powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** Half away from zero, on the decimal that the number prints as: round(1.005, 2) is 1.01. */
export function roundDecimal(value: number, decimals: number): number {
  if (!Number.isFinite(value)) return value;
  if (decimals === 0) return halfAway(value);
  const size = Math.abs(value);
  if (decimals > 0 && decimals <= 9) {
    const unit = powers[decimals]!;
    const scaled = size * unit;
    const rest = scaled - Math.floor(scaled);
    // Far from a half the product's last digits decide nothing, and a quotient of two exact numbers is the nearest float.
    if (scaled < 1e9 && Math.abs(rest - 0.5) > 1e-6) return (Math.sign(value) * Math.round(scaled)) / unit + 0;
  }
  const shifted = Number(shiftExponent(size, decimals));
  // So many decimals that the shifted number is beyond a float: it has fewer itself.
  if (shifted === Infinity) return value;
  return Math.sign(value) * Number(shiftExponent(Math.round(shifted), -decimals)) + 0;
}

function halfAway(value: number): number {
  const size = Math.abs(value);
  const below = Math.floor(size);
  return (value < 0 ? -1 : 1) * (size - below >= 0.5 ? below + 1 : below) + 0;
}

/** An int to a power of ten, half away from zero; null beyond 64 bits. */
export function roundInt(value: bigint, decimals: number): bigint | null {
  if (decimals >= 0) return value;
  if (decimals < -19) return 0n;
  const unit = 10n ** BigInt(-decimals);
  const size = value < 0n ? -value : value;
  const rounded = ((size + unit / 2n) / unit) * unit * (value < 0n ? -1n : 1n);
  return rounded < int64Min || rounded > int64Max ? null : rounded;
}

function shiftExponent(value: number, by: number): string {
  const [mantissa, exponent = '0'] = String(value).split('e');
  return `${mantissa}e${Number(exponent) + by}`;
}
