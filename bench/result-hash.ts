import { createHash } from 'node:crypto';
import type { QueryResult, ResultValue } from '../engine/api.ts';

/**
 * @returns 12 digits that are the same for the same answer: names, types and values in the result's order. Floats count
 * to 12 significant digits, since another layout adds them up in another order.
 */
export function resultHash(result: QueryResult): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(result.columns.map(({ name, type }) => [name, type])));
  for (const row of result.rows()) hash.update(JSON.stringify(result.columns.map(({ name }) => textOf(row[name]!))));
  return hash.digest('hex').slice(0, 12);
}

function textOf(value: ResultValue): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value.toString() : value.toPrecision(12);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.map(textOf) : value;
}
