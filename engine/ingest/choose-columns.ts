import { isListType } from '../column/types.ts';
import { isValid } from '../column/vector.ts';
import type { Batch, BatchColumn } from '../column/batch.ts';
import { timeOfRows } from './time-column.ts';

/** Which columns of a source are the time and the actor. */
export interface ColumnChoice {
  readonly time: string | null;
  readonly actor: string | null;
}

const timeNames = ['time', 'timestamp', 'ts', '@timestamp', 'event_time', 'datetime', 'date'];
const personNames = ['user_id', 'userId', 'user', 'uid', 'actor_id', 'anonymous_id', 'device_id'];
const clientNames = ['client_ip', 'clientip', 'remote_addr', 'remote_host', 'ip', 'host', 'hostname'];

/** Words for whoever does things, most telling first; an id of one of them is an actor by its name alone. */
const personWords = [
  ...['user', 'actor', 'person', 'visitor', 'reviewer', 'author', 'customer', 'member', 'subscriber', 'client'],
  ...['account', 'contact', 'player', 'employee', 'student', 'patient', 'guest', 'buyer', 'seller', 'owner', 'profile'],
  ...['device', 'anonymous'],
];
const idWords = new Set(['id', 'uuid', 'guid', 'key']);

/** Share of a column's values that must read as times: where its name says so, and where its content alone does. */
const namedTimeShareMin = 0.5;
const timeShareMin = 0.9;
/** Share of rows that must say who acted, where another column does: a log names users only where they signed in. */
const actorShareMin = 0.1;
/** Values of a column that are looked at. */
const lookedAtMax = 2000;

/**
 * Chooses the time and actor columns of a source: the format's own first, then by name, then (time only) by content.
 * The actor is the first present of the format's own, the names of persons, the names of client addresses and hosts;
 * upper and lower case and separators do not count. Else a column named as an id of someone (`reviewerId`), or as
 * someone (`author`). One that is mostly empty is taken only where there is no other.
 * @param defaults names that the format knows, most telling first.
 */
export function chooseColumns(
  batch: Batch,
  defaults: { readonly time: readonly string[]; readonly actor: readonly string[] },
  timezone: string,
): ColumnChoice {
  const timeLike = (column: BatchColumn | undefined, share: number): boolean =>
    column !== undefined && timeShare(column, timezone) >= share;
  const time =
    firstNamed(batch, [...defaults.time, ...timeNames], (column) => timeLike(column, namedTimeShareMin)) ??
    batch.columns.find((column) => column.type === 'time')?.name ??
    batch.columns.find((column) => column.type === 'text' && timeLike(column, timeShareMin))?.name ??
    null;
  const mayAct = (column: BatchColumn): boolean =>
    column.name !== time && column.type !== 'time' && column.type !== 'bool' && !isListType(column.type);
  const choose = (fits: (column: BatchColumn) => boolean): string | null =>
    firstNamed(batch, [...defaults.actor, ...personNames, ...clientNames], fits) ?? personColumn(batch, fits);
  const actor = choose((column) => mayAct(column) && filledShare(column) >= actorShareMin) ?? choose(mayAct);
  return { time, actor };
}

function filledShare({ vector }: BatchColumn): number {
  const rows = Math.min(vector.length, lookedAtMax);
  if (vector.kind === 'null') return 0;
  let filled = 0;
  for (let row = 0; row < rows; row++) if (isValid(vector.validity, row)) filled++;
  return filled / Math.max(1, rows);
}

/** By each name as it is, then by each with case and separators left out, before the next name's turn. */
function firstNamed(batch: Batch, names: readonly string[], fits: (column: BatchColumn) => boolean): string | null {
  for (const name of names) {
    const found =
      batch.columns.find((column) => column.name === name && fits(column)) ??
      batch.columns.find((column) => plainName(column.name) === plainName(name) && fits(column));
    if (found !== undefined) return found.name;
  }
  return null;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_ .]/g, '');
}

function personColumn(batch: Batch, mayAct: (column: BatchColumn) => boolean): string | null {
  let best: { name: string; rank: number } | null = null;
  for (const column of batch.columns) {
    const rank = mayAct(column) ? personRank(column.name) : Infinity;
    if (rank < (best?.rank ?? Infinity)) best = { name: column.name, rank };
  }
  return best?.name ?? null;
}

/** How well a name says who did it, 0 best, Infinity not at all. Ids come before bare words. */
export function personRank(name: string): number {
  const words = wordsOfName(name);
  const last = words.at(-1) ?? '';
  if (idWords.has(last)) {
    const word = personWords.indexOf(words.at(-2) ?? '');
    return word < 0 ? Infinity : word;
  }
  const word = personWords.indexOf(last);
  return word < 0 ? Infinity : personWords.length + word;
}

/** `reviewerId`, `reviewer_id`, `REVIEWER-ID` and `ctx.reviewerID` all end in the words reviewer, id. */
function wordsOfName(name: string): string[] {
  const words = name
    .slice(-200)
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const last = words.at(-1) ?? '';
  const joined = personWords.find((word) => last.startsWith(word) && idWords.has(last.slice(word.length)));
  return joined === undefined ? words : [...words.slice(0, -1), joined, last.slice(joined.length)];
}

function timeShare(column: BatchColumn, timezone: string): number {
  const { vector } = column;
  if (vector.kind === 'null') return 0;
  const rows: number[] = [];
  for (let row = 0; row < vector.length && rows.length < lookedAtMax; row++)
    if (isValid(vector.validity, row)) rows.push(row);
  if (rows.length === 0) return 0;
  const times = timeOfRows(column, Uint32Array.from(rows), timezone);
  return times.reduce((read, time) => read + (Number.isNaN(time) ? 0 : 1), 0) / rows.length;
}
