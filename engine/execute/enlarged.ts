/** @returns `into`, which is larger, begun with what `from` holds. */
export function enlarged<T extends Uint8Array | Uint32Array | Int32Array | Float64Array>(from: T, into: T): T {
  into.set(from as never);
  return into;
}
