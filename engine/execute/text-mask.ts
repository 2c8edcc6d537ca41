import { compareBytes } from '../base/compare-text.ts';
import type { Dictionary } from '../column/dictionary.ts';
import type { Expr } from '../plan/expr.ts';
import { textsOfColumn, type BlockView, type OpenSource } from './block-view.ts';
import { containingEntries } from './containing-entries.ts';
import { textsGiven } from './conditions.ts';
import type { Evaluator, Leaves } from './expression.ts';
import type { Bounds } from './kernel-filter.ts';
import { entriesInSet } from './value-set.ts';

/** Which entries of a source's dictionary fulfil a condition; the last place is that of rows without a text. */
export interface EntryMask {
  readonly entries: Uint8Array;
  /** `all` or `none` where the source's rows need not be looked at. */
  readonly verdict: 'all' | 'none' | 'some';
  /** The entries, where they are all within bounds: dictionaries are sorted, so a text or a prefix is one range. */
  readonly within: Bounds | null;
  /** How many blocks of the source were found to hold their codes in no runs. */
  blocksWithout: number;
}

const encoder = new TextEncoder();

/**
 * Decides a condition on one text column for each entry of the source's dictionary, once a query.
 * @returns null where that cannot be done: the source holds another type, the expression has values that could not be
 * had (each such row is to be counted), or the dictionary is far larger than the view.
 */
export function entryMask(view: BlockView, column: string, expr: Expr, evaluator: Evaluator): EntryMask | null {
  const { open } = view;
  const known = open.derived.get(expr) as EntryMask | null | undefined;
  if (known !== undefined) return known;
  const own = open.source.columnType(column);
  // Its texts are the directory's, of which a slice reads its own alone.
  if (own !== null && column === open.actor) return null;
  if (own !== null && own !== 'text') return null;
  const entries =
    own === null
      ? null
      : (setEntries(open, column, expr, evaluator) ?? equalEntries(open.source.readDictionary(column), expr) ?? null);
  if (own !== null && entries === null && open.source.readDictionary(column).count > 8 * view.length + 1024)
    return null;
  const mask =
    entries ??
    (own === null ? undefined : containingEntries(open.source.readDictionary(column), expr, view.scratch.masks)) ??
    evaluateEntries(own === null ? [] : textsOfColumn(open, column), column, expr, evaluator);
  const made =
    mask === null ? null : { entries: mask, verdict: verdictOf(mask), within: boundsOf(mask), blocksWithout: 0 };
  open.derived.set(expr, made);
  return made;
}

function verdictOf(mask: Uint8Array): EntryMask['verdict'] {
  if (!mask.includes(1)) return 'none';
  return mask.includes(0) ? 'some' : 'all';
}

/** @returns bounds that have all entries with a text that the mask has, and no others; null where there are none such. */
function boundsOf(mask: Uint8Array): Bounds | null {
  const entries = mask.subarray(0, mask.length - 1);
  for (const outside of [false, true]) {
    const value = outside ? 0 : 1;
    const low = entries.indexOf(value);
    const high = entries.lastIndexOf(value);
    if (low >= 0 && !entries.subarray(low, high).includes(1 - value)) return { low, high, outside };
  }
  return null;
}

/** `column in (select …)`, and not in it, is decided on hashes and bytes. */
function setEntries(open: OpenSource, column: string, expr: Expr, { sets }: Evaluator): Uint8Array | undefined {
  const inner = expr.kind === 'not' ? expr.arg : expr;
  if (inner.kind !== 'in_query' || inner.arg.kind !== 'column') return undefined;
  const { source } = open;
  const mask = entriesInSet(sets[inner.subquery], source.readDictionary(column), source.readDictionaryHashes(column));
  if (inner !== expr) for (let entry = 0; entry < mask.length - 1; entry++) mask[entry] ^= 1;
  return mask;
}

/** `column = 'text'`, `!=` and `in` are decided on bytes, without making a text of any entry. */
function equalEntries(dictionary: Dictionary, expr: Expr): Uint8Array | undefined {
  const wanted = textsGiven(expr);
  if (wanted === null) return undefined;
  const { bytes, offsets, count } = dictionary;
  const mask = new Uint8Array(count + 1);
  for (const text of wanted) {
    const needle = encoder.encode(text);
    for (let entry = 0; entry < count; entry++) {
      const start = offsets[entry];
      const end = offsets[entry + 1];
      if (end - start !== needle.length || compareBytes(bytes, start, end, needle, 0, needle.length) !== 0) continue;
      mask[entry] = 1;
      break;
    }
  }
  if (expr.kind === 'call' && expr.name === '!=') for (let entry = 0; entry < count; entry++) mask[entry] ^= 1;
  return mask;
}

function evaluateEntries(
  texts: readonly string[],
  column: string,
  expr: Expr,
  evaluator: Evaluator,
): Uint8Array | null {
  const values = evaluator.quietly(expr, entryLeaves(texts, column));
  if (values === null) return null;
  const mask = new Uint8Array(texts.length + 1);
  if (values.kind !== 'bool') return mask;
  for (let entry = 0; entry < mask.length; entry++)
    if (values.values[entry] === 1 && (values.nulls === null || values.nulls[entry] === 0)) mask[entry] = 1;
  return mask;
}

/** @returns leaves whose rows are a dictionary's entries, and one more without a text. */
export function entryLeaves(texts: readonly string[], column: string): Leaves {
  const length = texts.length + 1;
  const nulls = new Uint8Array(length);
  nulls[texts.length] = 1;
  return {
    length,
    leaf: (leaf) =>
      leaf.kind === 'column' && leaf.name === column
        ? { kind: 'text', length, values: [...texts, ''], nulls }
        : { kind: 'null', length },
  };
}
