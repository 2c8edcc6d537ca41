import type { BlockView } from '../block-view.ts';

/** Numbers of a block as kernels read them: `base + values[row]`. */
export interface OwnNumbers {
  readonly kind: 'numbers';
  readonly values: Uint8Array | Uint16Array | Uint32Array | Float64Array;
  readonly base: number;
  readonly validity: Uint8Array | null;
  /** What no value is beyond, on either side of 0; Infinity where that is not known. */
  readonly most: number;
}

/**
 * Reads a column's block where it is of the table's type.
 * @returns null where rows have to be read one by one: of another type, of 64-bit ints.
 */
export function readOwn(view: BlockView, name: string, type: string): OwnNumbers | { readonly kind: 'null' } | null {
  const { source } = view.open;
  const own = source.columnType(name);
  if (own === null) return { kind: 'null' };
  if (own !== type) return null;
  const vector = source.readBlock(name, view.block);
  if (vector.kind === 'null') return vector;
  if (vector.kind === 'float')
    return { kind: 'numbers', values: vector.values, base: 0, validity: vector.validity, most: Infinity };
  if (vector.kind !== 'int' || vector.values instanceof BigInt64Array) return null;
  const { values, base, validity } = vector;
  return { kind: 'numbers', values, base, validity, most: mostOf(view, name, values, base) };
}

function mostOf(view: BlockView, name: string, values: OwnNumbers['values'], base: number): number {
  if (!(values instanceof Float64Array))
    return Math.max(Math.abs(base), Math.abs(base + 2 ** (8 * values.BYTES_PER_ELEMENT)));
  const zone = view.open.source.zone(name, view.block);
  if (zone === null || zone.min === null || zone.max === null) return Infinity;
  return Math.max(Math.abs(zone.min), Math.abs(zone.max));
}
