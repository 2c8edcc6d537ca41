import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { encodeBatch } from '../column/batch-codec.ts';
import type { Batch } from '../column/batch.ts';
import { chooseColumns, type ColumnChoice } from './choose-columns.ts';
import type { FormatOptions } from './formats/format.ts';
import { formats } from './formats/index.ts';
import type { Piece } from './pieces.ts';
import { prepareBatch, withConstants } from './prepare.ts';
import { rejectedBatch, type QuarantinedRow } from './quarantine.ts';
import { BatchBuilder } from './row-builder.ts';

/** A piece of a source and all that is needed to make rows of it. Plain data, for a thread. */
export interface ParseTask {
  readonly format: string;
  readonly options: FormatOptions;
  readonly timezone: string;
  /** What a reader of a later piece learns first: the source's beginning, whole records. null: the piece is the beginning. */
  readonly preamble: Uint8Array | null;
  readonly piece: Pick<Piece, 'kind' | 'bytes' | 'offset' | 'length'>;
  /** The first record of the piece continues a row that is in already: it goes to the quarantine. */
  readonly cutRow: boolean;
  readonly name: string;
  /** null: to be found in this piece, if it has rows. */
  readonly choice: ColumnChoice | null;
  readonly wanted: WantedColumns;
  readonly constants: Readonly<Record<string, string>>;
  /** UTC ms. */
  readonly now: number;
}

/** What is said about time and actor beforehand: by the table where it is there, by the user. */
export interface WantedColumns {
  readonly tableTime: string | null;
  readonly tableActor: string | null;
  readonly time: string | null;
  readonly actor: string | null;
}

/** Rows of a piece, encoded in shared memory, and what could not be read. */
export interface ParsedPiece {
  readonly rows: number;
  readonly batch: Uint8Array | null;
  readonly rejected: number;
  readonly rejectedBatch: Uint8Array | null;
  /** Why rows were rejected, each reason once, the first few. */
  readonly reasons: readonly string[];
  readonly choice: ColumnChoice | null;
  readonly columns: readonly string[];
}

const reasonsMax = 3;
const cutRowReason =
  'Its beginning was imported as a row of its own, since the file ended there; this is the whole record, which is not in.';

/**
 * Reads a piece, makes its rows ready for the store and encodes them.
 * @throws VarveError `limit` when it has more than `columnsMax` columns, `usage` when a column that was asked for is missing.
 */
export function parsePiece(task: ParseTask): ParsedPiece {
  const builder = new BatchBuilder(task.timezone);
  const { piece, cut } = task.cutRow ? withoutFirstLine(task) : { piece: task.piece, cut: [] };
  readPiece(task, piece, builder);
  const batch = withConstants(builder.build(), task.constants);
  checkWidth(batch, task.name);
  const choice = task.choice ?? (batch.rowCount === 0 ? null : chooseFor(task, batch));
  const prepared = prepareBatch(batch, choice ?? { time: null, actor: null }, task.timezone, task.now);
  const source = task.name;
  const rejected: QuarantinedRow[] = [
    ...cut,
    ...builder.rejected.map(({ reason, raw, offset }) => ({ source, position: piece.offset + offset, reason, raw })),
    ...prepared.rejected.map(({ row, reason }) => {
      const { from, to } = builder.placeOf(row);
      return { source, position: piece.offset + from, reason, raw: withoutLineEnd(piece.bytes.slice(from, to)) };
    }),
  ];
  const rows = prepared.batch.rowCount;
  return {
    rows,
    batch: rows === 0 ? null : encodeBatch(prepared.batch),
    rejected: rejected.length,
    rejectedBatch: rejected.length === 0 ? null : rejectedBatch(rejected, task.now).bytes,
    reasons: [...new Set(rejected.slice(0, 1000).map(({ reason }) => reason))].slice(0, reasonsMax),
    choice,
    columns: prepared.batch.columns.map((column) => column.name),
  };
}

type TaskPiece = ParseTask['piece'];

function withoutFirstLine({ piece, name }: ParseTask): { piece: TaskPiece; cut: QuarantinedRow[] } {
  const end = piece.bytes.indexOf(10) + 1 || piece.bytes.length;
  const raw = piece.bytes.slice(0, end);
  return {
    piece: { ...piece, bytes: piece.bytes.subarray(end), offset: piece.offset + end },
    cut: [{ source: name, position: piece.offset, reason: cutRowReason, raw }],
  };
}

function withoutLineEnd(record: Uint8Array): Uint8Array {
  let end = record.length;
  while (end > 0 && (record[end - 1] === 10 || record[end - 1] === 13)) end--;
  return record.subarray(0, end);
}

function readPiece(task: ParseTask, piece: TaskPiece, builder: BatchBuilder): void {
  if (piece.kind === 'oversized') {
    const reason = `One record has ${piece.length} bytes, at most ${limits.recordBytesMax} are read (recordBytesMax).`;
    builder.rejectRow(reason, piece.bytes, 0);
    return;
  }
  const format = formats.get(task.format);
  if (format === undefined) throw new VarveError('internal', `BUG: there is no format "${task.format}"`);
  const reader = format.createReader(task.options, { timezone: task.timezone });
  if (task.preamble !== null) reader.read(task.preamble, true, new BatchBuilder(task.timezone));
  reader.read(piece.bytes, task.preamble === null, builder);
}

function checkWidth(batch: Batch, name: string): void {
  if (batch.columns.length <= limits.columnsMax) return;
  throw tooManyColumns(name, batch.columns.length);
}

/** @returns the error for a source with too many columns. */
export function tooManyColumns(name: string, columns: number): VarveError {
  return new VarveError(
    'limit',
    `"${name}" has ${columns} columns, at most ${limits.columnsMax} are read (columnsMax).`,
    {
      hint: 'Turn what is counted by column into rows: one event a row, the varying name as a value.',
    },
  );
}

/** A table that exists keeps its time and actor; else what was asked for, else what is found. */
function chooseFor(task: ParseTask, batch: Batch): ColumnChoice {
  const { tableTime, tableActor, time, actor } = task.wanted;
  const found = chooseColumns(batch, formats.get(task.format)!.defaults, task.timezone);
  const names = new Set(batch.columns.map((column) => column.name));
  if (time !== null && !names.has(time)) throw missingColumn(task.name, time, names);
  if (actor !== null && !names.has(actor)) throw missingColumn(task.name, actor, names);
  const own = tableTime === null ? undefined : [tableTime, 'time'].find((name) => names.has(name));
  return { time: time ?? own ?? found.time, actor: tableActor ?? actor ?? found.actor };
}

function missingColumn(source: string, name: string, names: ReadonlySet<string>): VarveError {
  return new VarveError('usage', `"${source}" has no column "${name}".`, {
    hint: `It has ${[...names].slice(0, 20).join(', ')}${names.size > 20 ? ` and ${names.size - 20} more` : ''}.`,
  });
}
