import { encodeBatch } from '../column/batch-codec.ts';
import { widenTypes } from '../column/types.ts';
import type { TableBatch } from '../store/store-types.ts';
import { columnFromCells } from './row-builder.ts';
import { typeOfCell, type Cell } from './infer.ts';

/** The table that rows go to which could not be read. */
export const rejectedTable = '_rejected';

/** A row for the quarantine. `position` counts bytes, or rows of an append. */
export interface QuarantinedRow {
  readonly source: string;
  readonly position: number;
  readonly reason: string;
  readonly raw: Uint8Array;
}

/** @returns the rows as a batch for the quarantine; bytes that are no UTF-8 are kept as latin1. */
export function rejectedBatch(rows: readonly QuarantinedRow[], now: number): TableBatch {
  const column = (name: string, cells: readonly Cell[]) =>
    columnFromCells(name, cells, cells.map(typeOfCell).reduce(widenTypes));
  const columns = [
    column(
      'time',
      rows.map(() => ({ time: now })),
    ),
    column(
      'source',
      rows.map(({ source }) => source),
    ),
    column(
      'position',
      rows.map(({ position }) => position),
    ),
    column(
      'reason',
      rows.map(({ reason }) => reason),
    ),
    column(
      'raw',
      rows.map(({ raw }) => textOf(raw)),
    ),
  ];
  return {
    table: rejectedTable,
    options: { timeName: 'time', actor: null, actors: [] },
    bytes: encodeBatch({ rowCount: rows.length, columns }),
  };
}

function textOf(raw: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return new TextDecoder('latin1').decode(raw);
  }
}
