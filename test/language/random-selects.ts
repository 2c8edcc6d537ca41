/**
 * Random queries as text, most of which mean something: over the tables a, b and c and the definitions da, dg and dc, one
 * within the other.
 */

export type Random = () => number;

/** @returns a generator of numbers in [0, 1) from a seed (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What rows of a source have, roughly: names of numbers, of texts and of anything. */
interface Rows {
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
  readonly others: readonly string[];
  readonly time: boolean;
  readonly actor: boolean;
}

interface Piece {
  readonly text: string;
  readonly rows: Rows;
}

const tables: Readonly<Record<string, Rows>> = {
  a: { numbers: ['n', 'f', 'w'], texts: ['t', 'u'], others: ['b', 'l', 'ts'], time: true, actor: true },
  b: { numbers: ['n', 'w', 'u'], texts: ['t'], others: ['l', 'at'], time: true, actor: true },
  c: { numbers: ['f'], texts: ['n'], others: ['ts2', 'ts'], time: true, actor: true },
  da: { numbers: ['n'], texts: ['t', 'u'], others: ['l'], time: true, actor: true },
  dg: { numbers: ['n', 'f'], texts: ['t'], others: [], time: false, actor: false },
};

function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}

/** One name in fifty is wrong. */
function name(random: Random, names: readonly string[], otherwise: string): string {
  if (random() < 0.02) return pick(random, ['n', 'f', 'u', 'x', 't', 'actor', 'duration', 'nothing']);
  return names.length === 0 ? otherwise : pick(random, names);
}

function number(random: Random, rows: Rows, depth: number): string {
  if (depth <= 0 || random() < 0.4) return name(random, rows.numbers, pick(random, ['1', '2.5', '-3']));
  const next = (): string => number(random, rows, depth - 1);
  return pick(random, [
    () => `${next()} ${pick(random, ['+', '-', '*', '/', '%'])} ${next()}`,
    () => `if(${bool(random, rows, depth - 1)}, ${next()}, ${next()})`,
    () => `coalesce(${next()}, 0)`,
    () => `case when ${bool(random, rows, depth - 1)} then ${next()} end`,
    () => `length(${text(random, rows)})`,
    () => (rows.time ? 'hour_of_day(time)' : '7'),
  ])();
}

function text(random: Random, rows: Rows): string {
  return name(random, rows.actor ? [...rows.texts, 'actor'] : rows.texts, "'none'");
}

function anything(random: Random, rows: Rows): string {
  const names = [...rows.numbers, ...rows.texts, ...rows.others, ...(rows.time ? ['time'] : [])];
  return name(random, rows.actor ? [...names, 'actor'] : names, '1');
}

function bool(random: Random, rows: Rows, depth: number): string {
  const next = (): string => bool(random, rows, depth - 1);
  const value = (): string => number(random, rows, depth - 1);
  const leaves = [
    () => `${value()} ${pick(random, ['=', '<', '>=', '!='])} ${value()}`,
    () => `${text(random, rows)} ${pick(random, ["= 'x'", "like 'a%'", 'is null', "in ('x', 'b', null)", '= $word'])}`,
    () => `${value()} in ${pick(random, ['(1, 2)', '$list', '(1, 2.5, null)'])}`,
    () => `${value()} between 0 and ${value()}`,
    () => (rows.time ? `time ${pick(random, ['>=', '<', '>'])} '2024-03-${10 + Math.floor(random() * 15)}'` : 'true'),
  ];
  if (depth <= 0) return pick(random, leaves)();
  return pick(random, [
    ...leaves,
    () => `(${next()} and ${next()})`,
    () => `(${next()} or not (${next()}))`,
    () => `${text(random, rows)} ${pick(random, ['in', 'not in'])} ${cohort(random, depth - 1, false)}`,
    () => `${value()} in ${cohort(random, depth - 1, true)}`,
    () => (rows.actor ? `actor in ${pick(random, ['dc', '(dc)', '(select u from b)'])}` : 'true'),
  ])();
}

function cohort(random: Random, depth: number, numeric: boolean): string {
  const { text: from, rows } = source(random, depth);
  const key = numeric ? number(random, rows, 0) : text(random, rows);
  const grouped = random() < 0.4 ? ` group by 1 having count() > 1` : '';
  return `(select ${key} from ${from}${grouped})`;
}

function aggregate(random: Random, rows: Rows, depth: number): string {
  const calls = [
    () => 'count()',
    () => `${pick(random, ['sum', 'avg', 'min', 'median'])}(${number(random, rows, depth - 1)})`,
    () => `${pick(random, ['max', 'uniq', 'any', 'count'])}(${anything(random, rows)})`,
    () => (rows.time ? `${pick(random, ['first', 'last'])}(${anything(random, rows)})` : 'count()'),
    () => `count_if(${bool(random, rows, depth - 1)})`,
  ];
  const call = pick(random, calls)();
  return random() < 0.15 && !call.startsWith('count_if') ? `${call} filter (where ${bool(random, rows, 1)})` : call;
}

/** An aggregate that is a number. */
function total(random: Random, rows: Rows, depth: number): string {
  const own = pick(random, [
    'count()',
    `sum(${number(random, rows, depth - 1)})`,
    `uniq(${anything(random, rows)})`,
    ...(rows.time && rows.actor ? ['rate(1h)'] : []),
  ]);
  return random() < 0.2 ? `${own} / count()` : own;
}

function source(random: Random, depth: number): Piece {
  const table = (): Piece => {
    const own = pick(random, ['a', 'a', 'b', 'c', 'da', 'dg']);
    return { text: own, rows: tables[own]! };
  };
  if (depth <= 0 || random() < 0.35) return table();
  if (random() < 0.5) {
    const { text: query, rows } = piece(random, depth - 1);
    return {
      text: / limit \d+$/.test(query) || / compare 1w$/.test(query) ? `(${query})` : `(${query}${inBrackets}`,
      rows,
    };
  }
  return lives(random, depth);
}

function lives(random: Random, depth: number): Piece {
  let below = source(random, depth - 1);
  for (let tries = 0; tries < 5 && !(below.rows.time && below.rows.actor); tries++) below = source(random, depth - 1);
  const { rows } = below;
  const own = random() < 0.4;
  const options = [
    ...(random() < 0.2 ? [`per => ${name(random, [...rows.numbers, ...rows.texts], 'actor')}`] : []),
    ...(own ? [`x => ${total(random, { ...rows, time: false }, 1)}`] : []),
  ];
  const sessions = random() < 0.6;
  if (sessions && random() < 0.3) options.push(`${pick(random, ['starting', 'ending'])} => ${bool(random, rows, 1)}`);
  const args = [below.text, ...(sessions ? ['gap => 90m'] : []), ...options].join(', ');
  const numbers = ['events', ...(sessions ? ['duration'] : []), ...(own ? ['x'] : [])];
  return {
    text: `${sessions ? 'sessions' : 'actors'}(${args})`,
    rows: { numbers, texts: [], others: ['last'], time: true, actor: true },
  };
}

function sources(random: Random, depth: number): Piece {
  const first = source(random, depth);
  if (random() < 0.85 || !first.rows.time) return first;
  const second = source(random, depth);
  if (second.text === first.text) return first;
  const both = (names: (rows: Rows) => readonly string[]): string[] => {
    const elsewhere = new Set([...second.rows.numbers, ...second.rows.texts, ...second.rows.others]);
    const kept = names(first.rows).filter((own) => !elsewhere.has(own) || names(second.rows).includes(own));
    const mine = new Set([...first.rows.numbers, ...first.rows.texts, ...first.rows.others]);
    return [...new Set([...kept, ...names(second.rows).filter((own) => !mine.has(own))])];
  };
  return {
    text: `${first.text}, ${second.text}`,
    rows: {
      numbers: both(({ numbers }) => numbers),
      texts: [...both(({ texts }) => texts), '_table'],
      others: both(({ others }) => others),
      time: true,
      actor: true,
    },
  };
}

function clauses(random: Random, parts: readonly (readonly [number, () => string])[]): string {
  return parts.flatMap(([chance, part]) => (random() < chance ? [` ${part()}`] : [])).join('');
}

function range(random: Random, { time }: Rows): string {
  if (!time) return '';
  return clauses(random, [
    [0.3, () => pick(random, ["since '2024-03-05'", 'since 30d', 'since last month'])],
    [0.2, () => pick(random, ["until '2024-03-20'", 'until today'])],
  ]);
}

/**
 * @param apart every query in brackets bears a limit beyond what there is: it is a plan of its own then, and asks the
 * same.
 * @returns a query's text, nested so deep at most.
 */
export function randomSelect(random: Random, depth: number, apart = false): string {
  const { text: query } = piece(random, depth);
  return apart ? query.replaceAll(inBrackets, ` limit ${beyond})`) : query.replaceAll(inBrackets, ')');
}

/** Stands behind a query in brackets that has no limit; no query has such a text. */
const inBrackets = ' limit none)';
const beyond = 1_000_000;

function piece(random: Random, depth: number): Piece {
  return random() < 0.5 ? rowsOf(random, depth) : groupsOf(random, depth);
}

function rowsOf(random: Random, depth: number): Piece {
  const { text: from, rows } = sources(random, depth);
  const star = random() < 0.2;
  const numbers = star ? [] : [...new Set(rows.numbers.filter(() => random() < 0.5))];
  const texts = star ? [] : rows.texts.filter(() => random() < 0.5);
  const items = star ? ['*'] : [...numbers, ...texts];
  const made = random() < 0.4 || items.length === 0;
  if (made) items.push(`${number(random, rows, depth)} as z`);
  const query = `select ${items.join(', ')} from ${from}${range(random, rows)}${clauses(random, [
    [0.3, () => `where ${bool(random, rows, depth)}`],
    [0.2, () => `order by ${pick(random, ['1', number(random, rows, 1)])}${random() < 0.5 ? ' desc' : ''}`],
    [0.2, () => 'limit 5'],
  ])}`;
  const given = star ? rows : { ...rows, numbers, texts, others: [] };
  return { text: query, rows: made ? { ...given, numbers: [...given.numbers, 'z'] } : given };
}

function groupsOf(random: Random, depth: number): Piece {
  const { text: from, rows } = sources(random, depth);
  const names = [...rows.numbers.slice(0, 2), ...rows.texts];
  const keys = [...new Set(names.filter(() => random() < 0.3))];
  const top = (key: string): string =>
    random() < 0.25 ? `${key} top ${1 + Math.floor(random() * 3)}${random() < 0.5 ? ' others' : ''}` : key;
  const written = range(random, rows);
  const every = rows.time && random() < 0.35;
  const items = [
    ...keys.filter(() => random() < 0.5),
    `${total(random, rows, depth)} as x`,
    ...(random() < 0.5 ? [aggregate(random, rows, depth)] : []),
  ];
  const compare = written.includes('since') && random() < 0.3;
  const query = `select ${items.join(', ')} from ${from}${written}${clauses(random, [
    [0.3, () => `where ${bool(random, rows, depth)}`],
    [keys.length > 0 ? 1 : 0, () => `group by ${keys.map(top).join(', ')}`],
    [every ? 1 : 0, () => `every ${pick(random, ['1d', '1w', '1mo'])}${random() < 0.3 ? ' trailing 1mo' : ''}`],
    [0.2, () => `having ${compare ? 'x_before > 1' : 'x > 1'}`],
    [0.2, () => `order by ${pick(random, ['1 desc', 'count()', 'x'])}`],
    [0.2, () => 'limit 5'],
    [compare ? 1 : 0, () => 'compare 1w'],
  ])}`;
  const texts = keys.filter((key) => rows.texts.includes(key));
  return { text: query, rows: { numbers: ['x'], texts, others: [], time: every, actor: false } };
}
