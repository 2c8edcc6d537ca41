import { encodeBatch } from '../column/batch-codec.ts';
import type { TableBatch, TableOptions } from '../store/store-types.ts';
import { BatchBuilder } from './row-builder.ts';

/** The table that rows go to which could not be read. */
export const rejectedTable = '_rejected';

/** How the quarantine is made when its first row comes in. */
export const rejectedOptions: TableOptions = { timeName: 'time', actor: null, actors: [] };

/** A row for the quarantine. `position` counts bytes, or rows of an append. */
export interface QuarantinedRow {
  readonly source: string;
  readonly position: number;
  readonly reason: string;
  readonly raw: Uint8Array;
}

/** @returns the rows as a batch for the quarantine; bytes that are no UTF-8 are kept as latin1. */
export function rejectedBatch(rows: readonly QuarantinedRow[], now: number): TableBatch {
  const builder = new BatchBuilder('UTC');
  const time = builder.column('time');
  const source = builder.column('source');
  const position = builder.column('position');
  const reason = builder.column('reason');
  const raw = builder.column('raw');
  for (const row of rows) {
    time.setTime(now);
    source.setText(row.source);
    position.setInt(row.position);
    reason.setText(row.reason);
    raw.setText(textOf(row.raw));
    builder.endRow();
  }
  return { table: rejectedTable, options: rejectedOptions, bytes: encodeBatch(builder.build()) };
}

function textOf(raw: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return new TextDecoder('latin1').decode(raw);
  }
}
