import { open, type AppendRow, type Varve } from '../../engine/index.ts';

/** "Now" of every query of the goldens: a Friday. */
export const goldenNow = new Date('2024-03-15T12:34:56.789Z');

const events: readonly AppendRow[] = [
  {
    time: '2024-03-01T10:00:00.250Z',
    user_id: 'ada',
    event: 'view',
    country: 'DE',
    amount: 1.5,
    status: 200,
    big: 9007199254740993n,
    ok: true,
    tags: ['a', 'b'],
    scores: [1, 2, 3],
    ctx: { page: '/home', select: 'dotted keyword' },
    $insert_id: 'i1',
    'weird "name"': 'quoted',
    note: 'Straße',
  },
  { time: '2024-03-01T11:00:00Z', user_id: 'bob', event: 'view', country: 'FR', amount: -2.5, status: 404, ok: false },
  {
    time: '2024-03-01T23:59:59.999Z',
    user_id: 'ada',
    event: 'buy',
    country: 'DE',
    amount: 10,
    status: 200,
    big: -9007199254740993n,
    tags: [],
    ctx: { page: '/cart' },
    note: "it's 100% _done_",
  },
  { time: '2024-03-02T00:00:00Z', user_id: 'cy', event: 'view', amount: 0, status: 500, ok: true, note: '😀\uffee' },
  { time: '2024-03-04T08:00:00Z', event: 'buy', country: 'FR', amount: 2.5, status: 200, tags: ['b', 'é'], note: '' },
  JSON.parse(
    '{"time":"2024-03-04T09:30:00Z","user_id":"bob","event":"quit","country":"","status":503,"__proto__":"p"}',
  ) as AppendRow,
];

/** Times at which clocks change: Berlin forward and back, New York, Lord Howe (half an hour), Apia's skipped day. */
const zones: readonly AppendRow[] = [
  '2024-03-31T00:30:00Z',
  '2024-03-31T01:30:00Z',
  '2024-10-27T00:30:00Z',
  '2024-10-27T01:30:00Z',
  '2024-03-10T06:59:00Z',
  '2024-03-10T07:01:00Z',
  '2024-04-06T14:45:00Z',
  '2024-04-06T15:15:00Z',
  '2011-12-30T09:59:00Z',
  '2011-12-30T10:01:00Z',
  '1969-12-31T23:59:59.999Z',
].map((time, index) => ({ time, user_id: `u${index}`, n: index }));

const numbers: readonly AppendRow[] = [
  { i: 1, f: 1.5, w: 9223372036854775807n },
  { i: 2, f: -0, w: 1n },
  { i: -3, f: 1e308, w: -9223372036854775808n },
  { i: 4, f: 0.1, w: 9007199254740992n },
  { i: 0, w: 9007199254740993n },
].map((row, index) => ({ time: new Date(Date.UTC(2024, 0, 1 + index)), k: index % 2 === 0 ? 'even' : 'odd', ...row }));

/** The same people in two systems: ids are text in one and numbers in the other, and so are properties. */
const web: readonly AppendRow[] = [
  { at: '2024-03-10T09:00:00Z', user_id: '1', event: 'open', amount: 1.5, code: 7, tags: ['x', 'y'] },
  { at: '2024-03-10T09:10:00Z', user_id: '1', event: 'view', amount: 2, code: 8, tags: ['y'] },
  { at: '2024-03-10T09:40:00Z', user_id: '1', event: 'buy', amount: 20, code: 7 },
  { at: '2024-03-10T10:10:00.001Z', user_id: '1', event: 'view', code: 9 },
  { at: '2024-03-10T23:50:00Z', user_id: '2', event: 'open', amount: 3, tags: [] },
  { at: '2024-03-11T00:05:00Z', user_id: '2', event: 'view', amount: null },
  { at: '2024-03-12T08:00:00Z', event: 'open', amount: 4 },
  { at: '2024-03-13T08:00:00Z', user_id: '3', event: 'open', amount: 5 },
  { at: '2024-03-14T08:00:00Z', user_id: '1', event: 'open', amount: 6 },
];
const calls: readonly AppendRow[] = [
  { began: '2024-03-10T09:40:00Z', user_id: 1, event: 'call', amount: 5, code: 'c7', agent: 'kim' },
  { began: '2024-03-11T12:00:00Z', user_id: 3, event: 'call', amount: 9, code: 'c8', agent: 'lee' },
  { began: '2024-03-12T12:00:00Z', user_id: 4, event: 'call', amount: 1, agent: 'kim' },
];

/** The small hostile store that the goldens ask. `one` has one row, for expressions of constants. */
export async function openGoldenStore(folder: string): Promise<Varve> {
  const db = await open(folder, { threads: 0 });
  await db.append('one', [{ time: '2024-01-01T00:00:00Z', user_id: 'x', t: 'text' }]);
  await db.append('events', events.slice(0, 3));
  await db.append('events', events.slice(3));
  await db.append('zones', zones);
  await db.append('numbers', numbers);
  await db.append('my.table', [{ time: '2024-01-01', select: 1, count: 7, partial: 2, time2: '2024-01-02' }]);
  await db.append('web', web, { time: 'at', actor: 'user_id' });
  await db.append('calls', calls, { time: 'began', actor: 'user_id' });
  return db;
}
