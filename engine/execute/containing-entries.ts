import type { Dictionary } from '../column/dictionary.ts';
import type { Expr } from '../plan/expr.ts';
import type { Arena } from './arena.ts';

const encoder = new TextEncoder();

/**
 * Decides `contains(column, 'text')`, or that it is not so, on a dictionary's bytes, without making a text of any entry.
 * @param arena the kernels over the memory that the dictionary lies in.
 * @returns a byte an entry, 1 = it fulfils the condition, and a last one of 0; undefined for any other condition, and
 * where no kernel can tell.
 */
export function containingEntries(dictionary: Dictionary, expr: Expr, arena: Arena | null): Uint8Array | undefined {
  const inner = expr.kind === 'not' ? expr.arg : expr;
  const needle = needleOf(inner);
  const { bytes, count, offsets } = dictionary;
  if (needle === null || arena === null || bytes.buffer !== (arena.memory.buffer as ArrayBufferLike)) return undefined;
  if (arena.room < needle.length + 16) return undefined;
  const mask = new Uint8Array(count + 1);
  const mark = arena.used;
  const text = arena.place(needle);
  const { findBytes } = arena.kernels;
  const end = offsets[count];
  let entry = 0;
  for (let from = 0; from < end;) {
    const found = findBytes(bytes.byteOffset + from, end - from, text, needle.length);
    if (found < 0) break;
    const place = from + found;
    while (offsets[entry + 1] <= place) entry++;
    const within = place + needle.length <= offsets[entry + 1];
    if (within) mask[entry] = 1;
    from = within ? offsets[entry + 1] : place + 1;
  }
  arena.release(mark);
  if (inner !== expr) for (let at = 0; at < count; at++) mask[at] ^= 1;
  return mask;
}

/** @returns what is sought, as UTF-8; null where bytes do not tell, or where every text has it. */
function needleOf(expr: Expr): Uint8Array | null {
  if (expr.kind !== 'call' || expr.name !== 'contains' || expr.args.length !== 2) return null;
  const [column, text] = expr.args;
  if (column.kind !== 'column' || text.kind !== 'literal' || typeof text.value !== 'string') return null;
  const { value } = text;
  // Half a character is no text of its own, and stands for any bytes that are none.
  return value === '' || /[\ud800-\udfff\ufffd]/u.test(value) ? null : encoder.encode(value);
}
