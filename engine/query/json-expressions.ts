import { scalarTypes, type ScalarType } from '../column/types.ts';
import { negate } from './expressions.ts';
import {
  below,
  checkLevel,
  expectTaken,
  failAt,
  fieldsOf,
  kindOf,
  nowhere,
  readList,
  readStep,
  readText,
  take,
  takeOptional,
  type Fields,
  type Place,
} from './json-fields.ts';
import { column, isFunctionName, isParameterName, isPeriod, timeWords } from './names.ts';
import { nearestNames } from '../base/nearest.ts';
import { jsonOperators } from './query-json.ts';
import type { SelectSyntax, Syntax } from './syntax.ts';

/** Reads a query inside an expression; handed in, since expressions lie below queries. */
type ReadQuery = (value: unknown, place: Place) => SelectSyntax;

/** What an expression may be: each reads the value of its key, and takes the keys that go with it. */
const tags: ReadonlyMap<string, (fields: Fields, read: Readers) => Syntax> = new Map([
  ['column', ({ place }, { value }) => column(readText(value, below(place, 'column')), nowhere)],
  ['time', ({ place }, { value }) => readTime(readText(value, below(place, 'time')), below(place, 'time'))],
  ['param', ({ place }, { value }) => readParameter(readText(value, below(place, 'param')), below(place, 'param'))],
  ['value', ({ place }, { value }) => readValue(value, below(place, 'value'))],
  ['int', ({ place }, { value }) => readInt(value, below(place, 'int'))],
  ['float', ({ place }, { value }) => readFloat(value, below(place, 'float'))],
  ['duration', ({ place }, { value }) => ({ kind: 'duration', ...readStep(value, below(place, 'duration')) })],
  ['call', readCall],
  ['op', readOperator],
  ['case', readCase],
  ['cast', readCast],
  ['element', readElement],
]);

/** Keys that go with that of an expression. */
const companions: ReadonlyMap<string, readonly string[]> = new Map([
  ['call', ['args', 'filter']],
  ['op', ['args', 'query']],
  ['case', ['of', 'else']],
  ['cast', ['to']],
  ['element', ['place']],
]);

/** Operators of other languages, and ours. */
const operatorHabits: ReadonlyMap<string, string> = new Map([
  ['==', '='],
  ['<>', '!='],
  ['===', '='],
  ['eq', '='],
  ['ne', '!='],
  ['lt', '<'],
  ['lte', '<='],
  ['gt', '>'],
  ['gte', '>='],
  ['is', 'is null'],
  ['&&', 'and'],
  ['regex', '~'],
]);

/** What a reader needs beside its fields: the value under its key, how an expression and a query inside are read. */
interface Readers {
  readonly value: unknown;
  readonly expression: (value: unknown, place: Place) => Syntax;
  readonly query: ReadQuery;
}

const example =
  'Write {"column": "country"}, {"value": "DE"}, {"op": "=", "args": […]} or {"call": "sum", "args": […]}.';

/** Reads an expression. @throws VarveError `syntax` with the path of what is wrong. */
export function readExpression(value: unknown, place: Place, query: ReadQuery): Syntax {
  checkLevel(place);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    failAt(
      place,
      `an expression is an object, not ${kindOf(value)}`,
      typeof value === 'string'
        ? 'Write {"column": …} for a column, {"value": …} for a text.'
        : Array.isArray(value)
          ? example
          : `Write {"value": ${String(value)}}.`,
    );
  return readTagged(fieldsOf(value, place, 'an expression'), place, query);
}

/** Reads an expression. @param taken keys of its surroundings, which have been taken. */
export function readTagged(fields: Fields, place: Place, query: ReadQuery, taken: readonly string[] = []): Syntax {
  checkLevel(place);
  const keys = [...fields.entries.keys()];
  const tag = keys.find((key) => tags.has(key));
  if (tag === undefined) {
    const near = keys.flatMap((key) => nearestNames(key.slice(0, 60), tags.keys(), 1));
    failAt(place, 'this is no expression', near.length > 0 ? `Did you mean "${near[0]!}"?` : example);
  }
  const value = take(fields, tag);
  const node = tags.get(tag)!(fields, {
    value,
    expression: (child, at) => readExpression(child, { ...at, level: place.level + 1 }, query),
    query: (child, at) => query(child, { ...at, level: place.level + 1 }),
  });
  expectTaken(fields, [tag, ...(companions.get(tag) ?? []), ...taken]);
  return node;
}

function readTime(word: string, place: Place): Syntax {
  const lower = word.toLowerCase();
  if (timeWords.has(lower)) return { kind: 'name', name: word, quoted: false, span: nowhere };
  if (isPeriod(lower)) return { kind: 'call', name: lower, args: [], filter: null, span: nowhere };
  return failAt(
    place,
    `"${word.slice(0, 60)}" is no word for a time`,
    'Words are now, today, yesterday, this week, last month; a time itself is {"value": "2024-03-01"}.',
  );
}

function readParameter(name: string, place: Place): Syntax {
  if (isParameterName(name)) return { kind: 'parameter', name, span: nowhere };
  return failAt(place, 'the name of a parameter has letters, digits and _', 'Write {"param": "who"}, without $.');
}

function readValue(value: unknown, place: Place): Syntax {
  if (value === null || typeof value === 'string' || typeof value === 'boolean')
    return { kind: 'literal', value, span: nowhere };
  if (typeof value !== 'number')
    failAt(place, `a value is a text, a number, true, false or null, not ${kindOf(value)}`);
  if (!Number.isFinite(value)) failAt(place, 'a number is finite');
  if (!Number.isInteger(value)) return { kind: 'literal', value, float: true, span: nowhere };
  if (Number.isSafeInteger(value)) return { kind: 'literal', value: value === 0 ? 0 : value, span: nowhere };
  return failAt(
    place,
    'a whole number beyond 2^53 is not exact in JSON',
    'Write {"int": "9007199254740993"} with its digits as a text, or {"float": 1e20}.',
  );
}

function readInt(value: unknown, place: Place): Syntax {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || !/^-?\d{1,19}$/.test(text)) failAt(place, 'digits are wanted, as a text');
  const int = BigInt(text);
  if (BigInt.asIntN(64, int) !== int) failAt(place, 'the number is beyond 64 bits');
  return { kind: 'literal', value: Number.isSafeInteger(Number(int)) ? Number(int) : int, span: nowhere };
}

function readFloat(value: unknown, place: Place): Syntax {
  if (value === '-0') return { kind: 'literal', value: -0, float: true, span: nowhere };
  if (typeof value === 'number' && Number.isFinite(value))
    return { kind: 'literal', value, float: true, span: nowhere };
  return failAt(place, 'a finite number is wanted');
}

function readCall(fields: Fields, { value, expression }: Readers): Syntax {
  const at = below(fields.place, 'call');
  const name = readText(value, at).toLowerCase();
  if (!isFunctionName(name)) failAt(at, `"${name.slice(0, 60)}" is no name of a function`);
  const args = takeOptional(fields, 'args', (list, place) => readList(list, place, 0, expression)) ?? [];
  return { kind: 'call', name, args, filter: takeOptional(fields, 'filter', expression), span: nowhere };
}

function readOperator(fields: Fields, { value, expression, query }: Readers): Syntax {
  const at = below(fields.place, 'op');
  const op = readText(value, at);
  const count = jsonOperators.get(op);
  if (count === undefined) {
    const habit = operatorHabits.get(op);
    const near = habit === undefined ? nearestNames(op.slice(0, 60), jsonOperators.keys(), 1) : [habit];
    failAt(
      at,
      `"${op.slice(0, 60)}" is no operator`,
      near.length > 0 ? `Did you mean "${near[0]!}"?` : `Operators are ${[...jsonOperators.keys()].join(', ')}.`,
    );
  }
  const place = below(fields.place, 'args');
  const args = readList(take(fields, 'args'), place, 1, expression);
  const isIn = op === 'in' || op === 'not in';
  const inner = isIn ? takeOptional(fields, 'query', query) : null;
  const few = isIn && inner === null ? 2 : count.min;
  const many = isIn && inner !== null ? 1 : count.max;
  if (args.length < few || (many !== null && args.length > many))
    failAt(
      place,
      `"${op}" wants ${few === many ? few : many === null ? `at least ${few}` : `${few} to ${many}`} arguments, not ${args.length}`,
    );
  return operation(op, args, inner);
}

function operation(op: string, args: readonly Syntax[], query: SelectSyntax | null): Syntax {
  const negated = op.startsWith('not ');
  const [arg, low, high] = args as [Syntax, Syntax, Syntax];
  switch (negated ? op.slice('not '.length) : op) {
    case 'and':
    case 'or':
      return { kind: op as 'and' | 'or', args, span: nowhere };
    case 'not':
      return { kind: 'not', arg, span: nowhere };
    case 'is null':
    case 'is not null':
      return { kind: 'is_null', arg, negated: op === 'is not null', span: nowhere };
    case 'like':
    case 'ilike':
      return { kind: 'like', name: op.endsWith('ilike') ? 'ilike' : 'like', args, negated, span: nowhere };
    case 'between':
      return { kind: 'between', arg, low, high, negated, span: nowhere };
    case 'in':
      return query === null
        ? { kind: 'in', arg, values: args.slice(1), negated, span: nowhere }
        : { kind: 'in_query', arg, query, negated, span: nowhere };
    default:
      return op === '-' && args.length === 1
        ? negate(arg, nowhere)
        : { kind: 'operator', name: op, args, span: nowhere };
  }
}

function readCase(fields: Fields, { value, expression }: Readers): Syntax {
  const branches = readList(value, below(fields.place, 'case'), 1, (branch, place) => {
    const parts = fieldsOf(branch, place, 'a branch');
    const when = takeOptional(parts, 'when', expression);
    const then = takeOptional(parts, 'then', expression);
    if (when === null || then === null) failAt(place, 'a branch has "when" and "then"');
    expectTaken(parts, ['when', 'then']);
    return { when, then };
  });
  const subject = takeOptional(fields, 'of', expression);
  return { kind: 'case', subject, branches, otherwise: takeOptional(fields, 'else', expression), span: nowhere };
}

function readCast(fields: Fields, { value, expression }: Readers): Syntax {
  const arg = expression(value, below(fields.place, 'cast'));
  const to = take(fields, 'to');
  if (!(scalarTypes as readonly unknown[]).includes(to))
    failAt(below(fields.place, 'to'), 'a type is wanted', `Types are ${scalarTypes.join(', ')}.`);
  return { kind: 'cast', arg, to: to as ScalarType, span: nowhere };
}

function readElement(fields: Fields, { value, expression }: Readers): Syntax {
  const list = expression(value, below(fields.place, 'element'));
  const place = takeOptional(fields, 'place', expression);
  if (place === null)
    failAt(fields.place, 'an element has a "place"', 'Write {"element": {"column": "tags"}, "place": {"value": 1}}.');
  return { kind: 'element', list, place, span: nowhere };
}
