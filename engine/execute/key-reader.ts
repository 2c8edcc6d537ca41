import { bucketBoundaries } from '../base/calendar.ts';
import { fixedLengthMs, parseDuration, type Step } from '../base/duration.ts';
import type { Dictionary } from '../column/dictionary.ts';
import type { Values } from '../column/values.ts';
import { isValid } from '../column/vector.ts';
import type { Expr } from '../plan/expr.ts';
import type { TimeRange } from '../plan/select.ts';
import { createActorKeyReader } from './actor-key.ts';
import { entriesOfRows, textsOfColumn, type BlockView, type OpenSource, type SliceSource } from './block-view.ts';
import { onlyTextColumn } from './conditions.ts';
import type { Evaluator, Leaves } from './expression.ts';
import { bucketKey } from './dense/bucket-key.ts';
import type { LocalKeyOf } from './dense/local-codes.ts';
import { entryKey, smallNumberKey } from './dense/local-keys.ts';
import { createKeyStore, createNumberStore, type KeyStore, type NumberStore } from './key-store.ts';
import { bucketRows } from './bucket-rows.ts';
import { plainHashes } from './plain-hashes.ts';
import { entryLeaves } from './text-mask.ts';
import { createTextStore, type TextStore } from './text-store.ts';
import type { TimeCells } from './time-windows.ts';

/** Reads one group key as codes of its store. */
export interface KeyReader {
  readonly store: KeyStore;
  /** @returns the code of each of the view's rows, in the scratch. */
  read(view: BlockView, leaves: Leaves): Uint32Array;
  /** How kernels find the key's codes within a source, where they can. */
  readonly local?: LocalKeyOf;
}

/** What readers of one query share. */
export interface KeyContext {
  readonly evaluator: Evaluator;
  readonly timezone: string;
  /** The span of time of the sources, and the range that rows must lie in. */
  readonly timeMin: number;
  readonly timeMax: number;
  readonly range: TimeRange;
  /** Stores of bare text columns, by name: keys and distinct counts use the same codes. */
  readonly textStores: Map<string, TextStore>;
}

/** Buckets for which boundaries are made beforehand. */
const boundariesMax = 262_144;

/** Chooses how a key is read: by table code, by entry of a dictionary, by boundary, or by evaluating it on rows. */
export function createKeyReader(expr: Expr, context: KeyContext): KeyReader {
  if (expr.kind === 'actor') return createActorKeyReader();
  if (expr.kind === 'column' && expr.type === 'text') return textReader(expr.name, expr, context);
  if (expr.kind === 'call' && expr.name === 'bucket') return bucketReader(expr, context);
  const column = onlyTextColumn(expr);
  if (column !== null) return entryReader(column, expr, context);
  if (expr.kind === 'column' && (expr.type === 'int' || expr.type === 'time')) return narrowReader(expr, context);
  if (expr.kind === 'column' && expr.type === 'bool') {
    const store = createNumberStore('bool');
    return { ...generalReader(expr, context, store), local: smallNumberKey(expr.name, expr.type, store) };
  }
  return generalReader(expr, context, createKeyStore(expr.type));
}

function generalReader(expr: Expr, { evaluator }: KeyContext, store: KeyStore): KeyReader {
  return { store, read: (view, leaves) => codesOfValues(store, evaluator.evaluate(expr, leaves), view) };
}

function codesOfValues(store: KeyStore, values: Values, view: BlockView): Uint32Array {
  const out = view.scratch.words(view.length);
  store.codesOf(values, out);
  return out;
}

/** @returns the store of a bare text column. */
function textStoreOf(name: string, context: KeyContext): TextStore {
  let store = context.textStores.get(name);
  if (store === undefined) context.textStores.set(name, (store = createTextStore()));
  return store;
}

/** A bare text column: the local code of a row becomes a table code, an entry when it is first met. */
export function textReader(name: string, expr: Expr, context: KeyContext): KeyReader {
  const store = textStoreOf(name, context);
  const maps = new WeakMap<SliceSource, Uint32Array>();
  const general = generalReader(expr, context, store);
  return {
    store,
    local({ open }, most) {
      const { source } = open;
      if (source.columnType(name) !== 'text' || name === open.actor) return null;
      const dictionary = source.readDictionary(name);
      const { count } = dictionary;
      return entryKey(name, most, open, dictionary, (locals, out) => {
        const map = entryCodes(open, store, dictionary);
        let hashes: Uint32Array | null = null;
        for (let i = 0; i < locals.length; i++) {
          const entry = locals[i];
          if (entry < count && map[entry] === 0) {
            hashes ??= source.readDictionaryHashes(name);
            map[entry] = store.codeOfEntry(dictionary, entry, hashes);
          }
          out[i] = entry === count ? 0 : map[entry];
        }
      });
    },
    read(view, leaves) {
      const { source } = view.open;
      if (source.columnType(name) !== 'text') return general.read(view, leaves);
      // The actor of one source may be a mere column of another: their codes are by the same hashes.
      if (name === view.open.actor) return actorCodes(store, maps, view);
      const out = view.scratch.words(view.length);
      const vector = source.readBlock(name, view.block);
      if (vector.kind !== 'text') return out.fill(0);
      const dictionary = source.readDictionary(name);
      const map = entryCodes(view.open, store, dictionary);
      let hashes: Uint32Array | null = null;
      const { codes, validity } = vector;
      const { rows, from } = view;
      for (let i = 0; i < out.length; i++) {
        const row = rows === null ? from + i : rows[i];
        if (validity !== null && ((validity[row >> 3] >> (row & 7)) & 1) === 0) {
          out[i] = 0;
          continue;
        }
        let code = map[codes[row]];
        if (code === 0) {
          hashes ??= source.readDictionaryHashes(name);
          code = map[codes[row]] = store.codeOfEntry(dictionary, codes[row], hashes);
        }
        out[i] = code;
      }
      return out;
    },
  };
}

/** @returns the codes that a store has given to a source's entries so far, 0 = none. */
function entryCodes(open: OpenSource, store: TextStore, { count }: Dictionary): Uint32Array {
  let map = open.derived.get(store) as Uint32Array | undefined;
  if (map === undefined) open.derived.set(store, (map = new Uint32Array(count)));
  return map;
}

/** The codes of actors, each given once for a slice's part, by the hashes of its entries. */
function actorCodes(store: TextStore, maps: WeakMap<SliceSource, Uint32Array>, view: BlockView): Uint32Array {
  const { entries } = view.part;
  const out = entriesOfRows(view);
  let map = maps.get(view.part);
  if (map === undefined) maps.set(view.part, (map = new Uint32Array(entries.count)));
  let hashes: Uint32Array | null = null;
  for (let i = 0; i < out.length; i++) {
    const entry = out[i];
    if (map[entry] === 0 && entries.nobody[entry] === 0) {
      hashes ??= plainHashes(view.part);
      map[entry] = store.codeOfEntry(entries.texts, entry, hashes);
    }
    out[i] = map[entry];
  }
  return out;
}

/** An expression over one text column: evaluated once for each entry of a dictionary. */
function entryReader(column: string, expr: Expr, context: KeyContext): KeyReader {
  const store = createKeyStore(expr.type);
  const general = generalReader(expr, context, store);
  /** The code of each entry, and of no text behind them; null where rows have to be evaluated. */
  const mapOf = ({ open, length }: BlockView): Uint32Array | null => {
    const { source, derived } = open;
    const { count } = source.readDictionary(column);
    let map = derived.get(store) as Uint32Array | null | undefined;
    if (map === undefined && count <= 8 * length + 1024) {
      const values = context.evaluator.quietly(expr, entryLeaves(textsOfColumn(open, column), column));
      map = values === null ? null : new Uint32Array(count + 1);
      if (map !== null) store.codesOf(values!, map);
      derived.set(store, map);
    }
    return map ?? null;
  };
  const isOwn = ({ source, actor }: OpenSource): boolean => source.columnType(column) === 'text' && column !== actor;
  return {
    store,
    local(view, most) {
      const { open } = view;
      if (!isOwn(open)) return null;
      const map = mapOf(view);
      const { source } = open;
      if (map === null) return null;
      return entryKey(column, most, open, source.readDictionary(column), (locals, out) => {
        for (let i = 0; i < locals.length; i++) out[i] = map[locals[i]];
      });
    },
    read(view, leaves) {
      const { source } = view.open;
      if (!isOwn(view.open)) return general.read(view, leaves);
      const vector = source.readBlock(column, view.block);
      const map = mapOf(view);
      if (map === null || vector.kind !== 'text') return general.read(view, leaves);
      const { count } = source.readDictionary(column);
      const out = view.scratch.words(view.length);
      for (let i = 0; i < out.length; i++) {
        const row = view.rows === null ? view.from + i : view.rows[i];
        out[i] = map[isValid(vector.validity, row) ? vector.codes[row] : count];
      }
      return out;
    },
  };
}

/** The number of the cell that each row's time lies in: code c + 1 is that of the scan's cell c. */
export function createCellReader({ bounds, first }: TimeCells): KeyReader {
  const store = createNumberStore('int');
  for (let cell = 0; cell + 1 < bounds.length; cell++) store.codeOf(first + cell);
  return { store, read: (view) => bucketCodes(view, bounds), local: bucketKey(bounds) };
}

function bucketCodes(view: BlockView, bounds: Float64Array): Uint32Array {
  const out = view.scratch.words(view.length);
  const vector = view.open.source.readBlock('time', view.block);
  if (vector.kind === 'int' && !(vector.values instanceof BigInt64Array))
    bucketRows(vector.values, vector.base, view, bounds, out);
  return out;
}

/** `bucket(time, …)`: a search in boundaries that are made once for the range. */
function bucketReader(expr: Extract<Expr, { kind: 'call' }>, context: KeyContext): KeyReader {
  const [time, width] = expr.args;
  const step = width.kind === 'literal' ? parseDuration(String(width.value)) : null;
  const known = time.kind === 'column' && time.name === 'time' && step !== null;
  const bounds = known ? boundariesOf(step, context) : null;
  const store = createNumberStore('time');
  if (bounds === null) return generalReader(expr, context, store);
  const general = generalReader(expr, context, store);
  // All boundaries get their codes at once: bucket b is code b + 1.
  for (let bucket = 0; bucket + 1 < bounds.length; bucket++) store.codeOf(bounds[bucket]);
  return {
    store,
    local: bucketKey(bounds),
    read(view, leaves) {
      // Rows of an answer may be without a time.
      const { untimed } = view.open.source.blocks[view.block];
      return untimed === true ? general.read(view, leaves) : bucketCodes(view, bounds);
    },
  };
}

function boundariesOf(step: Step, context: KeyContext): Float64Array | null {
  const { range, timezone } = context;
  const timeMin = Math.max(context.timeMin, range.since ?? -Infinity);
  const timeMax = Math.min(context.timeMax, (range.until ?? Infinity) - 1);
  // Months are of some 2 · 10⁹ ms; an empty range, or one without end, is left to the rows.
  const buckets = (timeMax - timeMin) / (fixedLengthMs(step) ?? 2_000_000_000);
  if (!(buckets >= 0 && buckets < boundariesMax)) return null;
  return bucketBoundaries(timeMin, timeMax + 1, step, timezone, 2 * boundariesMax);
}

/** A bare column of ints or times: where a block holds offsets of one byte, each is looked up once. */
function narrowReader(expr: Extract<Expr, { kind: 'column' }>, context: KeyContext): KeyReader {
  const store: NumberStore = createNumberStore(expr.type);
  const general = generalReader(expr, context, store);
  return {
    store,
    local: smallNumberKey(expr.name, expr.type, store),
    read(view, leaves) {
      const { source } = view.open;
      const vector = source.columnType(expr.name) === expr.type ? source.readBlock(expr.name, view.block) : null;
      const width = vector?.kind === 'int' ? vector.values.BYTES_PER_ELEMENT : 8;
      if (
        vector?.kind !== 'int' ||
        vector.values instanceof BigInt64Array ||
        width > 2 ||
        view.length < 32 << (4 * width)
      )
        return general.read(view, leaves);
      const { values, base, validity } = vector;
      const known = view.scratch.words(2 ** (8 * width)).fill(0);
      const out = view.scratch.words(view.length);
      for (let i = 0; i < out.length; i++) {
        const row = view.rows === null ? view.from + i : view.rows[i];
        if (validity !== null && ((validity[row >> 3] >> (row & 7)) & 1) === 0) {
          out[i] = 0;
          continue;
        }
        const value = values[row];
        if (known[value] === 0) known[value] = store.codeOf(base + value);
        out[i] = known[value];
      }
      return out;
    },
  };
}
