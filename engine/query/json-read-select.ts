import { readExpression, readTagged } from './json-expressions.ts';
import {
  below,
  checkLevel,
  expectTaken,
  failAt,
  fieldsOf,
  kindOf,
  nowhere,
  readBool,
  readCount,
  readList,
  readStep,
  readText,
  take,
  takeOptional,
  type Fields,
  type Place,
} from './json-fields.ts';
import { column } from './names.ts';
import type { GroupItem, Item, NamedAggregate, OrderItem, SelectSyntax, SourceSyntax, Syntax } from './syntax.ts';

const queryKeys = [
  ...['select', 'from', 'since', 'until', 'where', 'groupBy', 'every', 'trailing', 'having', 'orderBy'],
  ...['limit', 'offset', 'compare', 'timezone'],
];

/** Reads a select, in the shape of `SelectJson`. @throws VarveError `syntax`, `limit`. */
export function readSelect(value: unknown, place: Place): SelectSyntax {
  checkLevel(place);
  const fields = fieldsOf(value, place, 'a query');
  for (const key of ['select', 'from'])
    if (!fields.entries.has(key))
      failAt(place, `the key "${key}" is missing`, 'Write {"select": ["*"], "from": "events"}.');
  const limited = fields.entries.has('limit');
  const expression = (child: unknown, at: Place): Syntax => readExpression(child, deeper(at), readSelect);
  const clause = (key: string): Syntax | null => takeOptional(fields, key, expression);
  const query: SelectSyntax = {
    kind: 'select',
    items: takeOptional(fields, 'select', (list, at) => readList(list, at, 1, readItem))!,
    from: takeOptional(fields, 'from', readSources)!,
    since: clause('since'),
    until: clause('until'),
    where: clause('where'),
    groupBy: takeOptional(fields, 'groupBy', (list, at) => readList(list, at, 1, readGroupItem)) ?? [],
    every: takeOptional(fields, 'every', readStep),
    trailing: takeOptional(fields, 'trailing', readStep),
    having: clause('having'),
    orderBy: takeOptional(fields, 'orderBy', (list, at) => readList(list, at, 1, readOrderItem)) ?? [],
    limit: takeOptional(fields, 'limit', (count, at) => readCount(count, at, 0)),
    offset: takeOptional(fields, 'offset', (count, at) => readOffset(count, at, limited)) ?? 0,
    compare: takeOptional(fields, 'compare', readStep),
    timezone: takeOptional(fields, 'timezone', (name, at) => ({ name: readText(name, at), span: nowhere })),
    span: nowhere,
  };
  expectTaken(fields, queryKeys);
  if (query.trailing !== null && query.every === null)
    failAt(below(place, 'trailing'), '"trailing" goes with "every"', 'Write "every": "1d", "trailing": "7d".');
  return query;
}

function readOffset(value: unknown, place: Place, limited: boolean): number {
  if (!limited) failAt(place, '"offset" goes with "limit"', 'Write "limit": 10, "offset": 20.');
  return readCount(value, place, 0);
}

/** @returns the place one node deeper. */
export function deeper(place: Place): Place {
  return { ...place, level: place.level + 1 };
}

/** An expression with keys of its surroundings beside it, or the name of a column. */
export function readBeside(value: unknown, place: Place, keys: readonly string[]): { expr: Syntax; fields: Fields } {
  if (typeof value === 'string') return { expr: column(value, nowhere), fields: { place, entries: new Map() } };
  const fields = fieldsOf(value, place, 'an expression');
  const beside: Fields = { place, entries: new Map() };
  for (const key of keys) {
    const taken = take(fields, key);
    if (taken !== undefined) beside.entries.set(key, taken);
  }
  return { expr: readTagged(fields, deeper(place), readSelect, keys), fields: beside };
}

function readItem(value: unknown, place: Place): Item {
  if (value === '*') return { expr: { kind: 'star', span: nowhere }, alias: null, span: nowhere };
  const { expr, fields } = readBeside(value, place, ['as']);
  return { expr, alias: takeOptional(fields, 'as', readText), span: nowhere };
}

function readGroupItem(value: unknown, place: Place): GroupItem {
  const { expr, fields } = readBeside(value, place, ['as', 'top', 'others']);
  const top = takeOptional(fields, 'top', (count, at) => readCount(count, at, 1));
  if (top === null && fields.entries.has('others'))
    failAt(below(place, 'others'), '"others" goes with "top"', 'Write "top": 5, "others": true.');
  const others = takeOptional(fields, 'others', readBool) ?? false;
  return { expr, alias: takeOptional(fields, 'as', readText), top, others, span: nowhere };
}

function readOrderItem(value: unknown, place: Place): OrderItem {
  const { expr, fields } = readBeside(value, place, ['descending']);
  return { expr, descending: takeOptional(fields, 'descending', readBool) ?? false, span: nowhere };
}

/** Reads what stands under `from`: one source or several. */
export function readSources(value: unknown, place: Place): SourceSyntax[] {
  return Array.isArray(value) ? readList(value, place, 1, readSource) : [readSource(value, place)];
}

function readSource(value: unknown, place: Place): SourceSyntax {
  const at = deeper(place);
  checkLevel(at);
  if (typeof value === 'string') return { kind: 'table', name: value, span: nowhere };
  const fields = fieldsOf(value, place, 'a source');
  if (fields.entries.has('select')) return { kind: 'query', query: readSelect(value, at), span: nowhere };
  if (fields.entries.has('sessions')) return readSessions(fields, at);
  if (fields.entries.has('actors')) {
    const source = takeOptional(fields, 'actors', (inner, inside) =>
      readSource(inner, { ...inside, level: at.level }),
    )!;
    const shared = readShared(fields, at);
    expectTaken(fields, ['actors', 'per', 'aggregates']);
    return { kind: 'actors', source, ...shared, span: nowhere };
  }
  const question = place.behaviour(value, at);
  if (question !== null) return { kind: 'query', query: question, span: nowhere };
  return failAt(
    place,
    'a source is the name of a table, a query, sessions or actors',
    'Write "events", {"select": …, "from": …}, {"sessions": "events", "gap": "30m"} or {"actors": "events"}.',
  );
}

function readSessions(fields: Fields, place: Place): SourceSyntax {
  const source = takeOptional(fields, 'sessions', (inner, inside) =>
    readSource(inner, { ...inside, level: place.level }),
  )!;
  const gap = takeOptional(fields, 'gap', readStep);
  if (gap === null) failAt(fields.place, 'sessions wants a gap', 'Write {"sessions": "events", "gap": "30m"}.');
  const expression = (value: unknown, at: Place): Syntax =>
    readExpression(value, { ...at, level: place.level }, readSelect);
  const starting = takeOptional(fields, 'starting', expression);
  const ending = takeOptional(fields, 'ending', expression);
  const shared = readShared(fields, place);
  expectTaken(fields, ['sessions', 'gap', 'per', 'starting', 'ending', 'aggregates']);
  return { kind: 'sessions', source, gap, starting, ending, ...shared, span: nowhere };
}

function readShared(fields: Fields, place: Place): { per: Syntax | null; aggregates: NamedAggregate[] } {
  const per = takeOptional(fields, 'per', (name, at) => column(readText(name, at), nowhere));
  const seen = new Set<string>();
  const aggregates = takeOptional(fields, 'aggregates', (list, at) =>
    readList(list, at, 0, (value, where) => readAggregate(value, { ...where, level: place.level }, seen)),
  );
  return { per, aggregates: aggregates ?? [] };
}

function readAggregate(value: unknown, place: Place, seen: Set<string>): NamedAggregate {
  if (typeof value !== 'object') failAt(place, `an aggregate is an object, not ${kindOf(value)}`);
  const { expr, fields } = readBeside(value, place, ['as']);
  const name = takeOptional(fields, 'as', readText);
  if (name === null) failAt(place, 'an aggregate has a name', 'Write {"call": "count", "as": "n"}.');
  if (seen.has(name)) failAt(below(place, 'as'), `the name "${name.slice(0, 60)}" stands twice`);
  seen.add(name);
  return { name, expr, span: nowhere };
}
