import type { Expr } from '../../plan/expr.ts';
import type { Pointer } from '../../kernels/kernels.ts';
import type { Arena } from '../arena.ts';
import type { BlockView, OpenSource } from '../block-view.ts';
import { onlyTextColumn } from '../conditions.ts';
import type { LocalCodes, LocalKey } from '../dense/local-codes.ts';
import { entryKey } from '../dense/local-keys.ts';
import type { DenseView } from '../dense/local-codes.ts';
import type { Room } from '../dense/room.ts';
import type { Evaluator, Leaves } from '../expression.ts';
import type { KeyReader } from '../key-reader.ts';
import { entryMask } from '../text-mask.ts';
import { eventMarks } from './event-marks.ts';

/** What is noted of each event, a u32. */
export interface EventNote {
  /** @returns it for each of the view's rows, in the scratch. */
  read(view: BlockView, leaves: Leaves): Uint32Array;
  /** How kernels find it within a view's source. @returns null where they cannot. */
  local(view: BlockView, arena: Arena): LocalNote | null;
}

/** A note within one source: what each code stands for. */
export interface LocalNote {
  /** @returns the code of each of the view's rows, or null where its block does not give them. */
  readCodes(dense: DenseView): LocalCodes | null;
  /** u32 a code; 0 = the code is the note. */
  readonly table: Pointer;
  /** A byte a code, 256 at least: 1 = the note of that code is not 0. */
  readonly isNoted: Pointer;
}

/** Codes that a table is made for; what has more is read row by row. */
const codesMax = 65_536;

/**
 * Notes which conditions are true of an event: bit k is that of condition k.
 * @param others bits that are set of every event.
 * @param shift to the left, of the conditions' bits.
 */
export function conditionsNote(conditions: readonly Expr[], evaluator: Evaluator, others = 0, shift = 0): EventNote {
  const column = columnOf(conditions);
  const local = keptBySource(({ open, view, arena }) => {
    const { source } = open;
    if (column === null || source.columnType(column) !== 'text' || column === open.actor) return null;
    const masks = conditions.map((expr) => entryMask(view, column, expr, evaluator));
    const dictionary = source.readDictionary(column);
    const table = new Uint32Array(dictionary.count + 1).fill(others);
    for (const [bit, mask] of masks.entries()) {
      if (mask === null) return null;
      for (let entry = 0; entry < table.length; entry++)
        if (mask.entries[entry] === 1) table[entry] |= (1 << (bit + shift)) >>> 0;
    }
    const key = entryKey(column, codesMax, open, dictionary, (locals, out) => {
      for (let at = 0; at < locals.length; at++) out[at] = table[locals[at]];
    });
    return key === null ? null : noteOf(key, table, arena);
  });
  return {
    local,
    read(view, leaves) {
      const marks = eventMarks(conditions, view, leaves, evaluator);
      if (others !== 0 || shift !== 0)
        for (let row = 0; row < marks.length; row++) marks[row] = ((marks[row] << shift) | others) >>> 0;
      return marks;
    },
  };
}

/** @returns the one text column that all conditions read and nothing else, or null. */
export function columnOf(conditions: readonly Expr[]): string | null {
  const columns = new Set(conditions.map(onlyTextColumn));
  return columns.size === 1 ? [...columns][0] : null;
}

/** Notes the code that a key has in its store. */
export function keyNote(reader: KeyReader): EventNote {
  return {
    read: (view, leaves) => reader.read(view, leaves),
    local: keptBySource(({ view, arena }) => {
      const key = reader.local?.(view, codesMax, roomToKeep(arena), arena) ?? null;
      if (key === null || key === 'no room') return null;
      const table = new Uint32Array(key.size);
      key.translate(
        Uint32Array.from(table, (_, code) => code),
        table,
      );
      return noteOf(key, table, arena);
    }),
  };
}

/** @returns room for what a key keeps beside its codes: it stays as long as the arena does. */
export function roomToKeep(arena: Arena): Room {
  return { take: (bytes) => arena.keep(bytes), used: 0, release: () => undefined };
}

function noteOf(key: LocalKey, table: Uint32Array, arena: Arena): LocalNote | null {
  const at = arena.keep(table.byteLength);
  const flags = new Uint8Array(Math.max(256, table.length));
  const isNoted = arena.keep(flags.length);
  if (at === null || isNoted === null) return null;
  const { buffer } = arena.memory;
  new Uint32Array(buffer, at, table.length).set(table);
  for (let code = 0; code < table.length; code++) flags[code] = table[code] === 0 ? 0 : 1;
  new Uint8Array(buffer, isNoted, flags.length).set(flags);
  return { readCodes: (dense) => key.read(dense), table: at, isNoted };
}

interface SourceView {
  readonly open: OpenSource;
  readonly view: BlockView;
  readonly arena: Arena;
}

/** Makes what is noted of a source once, as long as the arena is open in which its table lies. */
function keptBySource(make: (own: SourceView) => LocalNote | null): EventNote['local'] {
  let keeper: Arena | null = null;
  let known = new Map<OpenSource, LocalNote | null>();
  return (view, arena) => {
    if (keeper !== arena) {
      keeper = arena;
      known = new Map();
    }
    const { open } = view;
    let note = known.get(open);
    if (note === undefined) known.set(open, (note = make({ open, view, arena })));
    return note;
  };
}
