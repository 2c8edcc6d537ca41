import { textsOfDictionary, type Dictionary } from '../column/dictionary.ts';
import type { ColumnType } from '../column/types.ts';
import type { Values } from '../column/values.ts';
import { valuesFromVector } from '../column/values-from-vector.ts';
import { widenColumn } from '../column/widen.ts';
import { wholeHashSpace, type RowSource } from '../store/row-source.ts';

/** A source while one query reads it: texts of its dictionaries are made once. */
export interface OpenSource {
  readonly source: RowSource;
  /** Place among the table's sources: earlier ones hold what came earlier. */
  readonly index: number;
  readonly texts: Map<string, readonly string[]>;
  actors: { readonly codes: Uint32Array; readonly nulls: Uint8Array | null; readonly texts: readonly string[] } | null;
}

const dictionaryTexts = new WeakMap<Dictionary, readonly string[]>();

/** @returns a dictionary's entries as strings: the same array every time, so that what is derived from it can be kept. */
export function textsOf(dictionary: Dictionary): readonly string[] {
  let texts = dictionaryTexts.get(dictionary);
  if (texts === undefined) {
    texts = textsOfDictionary(dictionary);
    dictionaryTexts.set(dictionary, texts);
  }
  return texts;
}

/**
 * Some rows of one block, as expressions see them.
 * `rows` are places within the block, ascending.
 */
export interface BlockView {
  readonly open: OpenSource;
  readonly block: number;
  readonly rows: Uint32Array;
}

/** @returns a column's values at the view's rows, in the table's type; nulls where the source lacks the column. */
export function readColumn(view: BlockView, name: string, type: ColumnType): Values {
  const { source } = view.open;
  const own = source.columnType(name);
  if (own === null) return { kind: 'null', length: view.rows.length };
  const vector = source.readBlock(name, view.block);
  const dictionary = own.endsWith('text') ? source.readDictionary(name) : null;
  if (own === type) return valuesFromVector(vector, type, dictionary === null ? null : textsOf(dictionary), view.rows);
  const wide = widenColumn({ type: own, vector, dictionary }, type);
  return valuesFromVector(wide.vector, type, wide.dictionary === null ? null : textsOf(wide.dictionary), view.rows);
}

/** @returns the actor of each row as canonical text. */
export function readActor(view: BlockView): Values {
  const { open } = view;
  const { source } = open;
  if (open.actors === null) {
    const entries = source.readActors(wholeHashSpace);
    const codes = new Uint32Array(source.rowCount);
    let nulls: Uint8Array | null = null;
    for (let entry = 0; entry < entries.count; entry++) {
      codes.fill(entry, entries.firstRows[entry], entries.firstRows[entry + 1]);
      if (entries.nobody[entry] === 1) {
        nulls ??= new Uint8Array(source.rowCount);
        nulls.fill(1, entries.firstRows[entry], entries.firstRows[entry + 1]);
      }
    }
    open.actors = { codes, nulls, texts: textsOf(entries.texts) };
  }
  const { firstRow } = source.blocks[view.block]!;
  const codes = new Uint32Array(view.rows.length);
  const nulls = open.actors.nulls === null ? null : new Uint8Array(view.rows.length);
  for (let i = 0; i < codes.length; i++) {
    codes[i] = open.actors.codes[firstRow + view.rows[i]];
    if (nulls !== null) nulls[i] = open.actors.nulls![firstRow + view.rows[i]];
  }
  return { kind: 'coded', length: codes.length, codes, texts: open.actors.texts, nulls };
}
