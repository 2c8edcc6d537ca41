import { nearestNames } from '../base/nearest.ts';
import { readExpression } from './json-expressions.ts';
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
  takeOptional,
  type Fields,
  type Place,
} from './json-fields.ts';
import { deeper, readBeside, readSelect, readSources } from './json-read-select.ts';
import { column } from './names.ts';
import {
  behaviourVerbs,
  funnelEntries,
  funnelOrders,
  funnelPresets,
  keyPlaces,
  retentionModes,
  retentionWithins,
  stepsMax,
  stepsMin,
  type BehaviourSyntax,
  type ExclusionSyntax,
  type FunnelStepSyntax,
  type FunnelSyntax,
  type LifecycleSyntax,
  type PathsSyntax,
  type RetentionSyntax,
  type StepName,
} from './syntax-behaviour.ts';
import type { Item, Syntax } from './syntax.ts';

const sharedKeys = ['from', 'per', 'since', 'until', 'where', 'timezone'];

/**
 * Reads a question about behaviour that is JSON.
 * @returns null for what has none of its verbs.
 * @throws VarveError `syntax`, `limit`.
 */
export function readBehaviour(value: unknown, place: Place): BehaviourSyntax | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const fields = fieldsOf(value, place, 'a query');
  const verb = behaviourVerbs.find((word) => fields.entries.has(word));
  if (verb === undefined || fields.entries.has('select')) return null;
  checkLevel(place);
  switch (verb) {
    case 'funnel':
      return readFunnel(fields);
    case 'retention':
      return readRetention(fields);
    case 'paths':
      return readPaths(fields);
    case 'lifecycle':
      return readLifecycle(fields);
  }
}

function needs(fields: Fields, key: string, hint: string): void {
  if (!fields.entries.has(key)) failAt(fields.place, `the key "${key}" is missing`, hint);
}

type Shared = Pick<BehaviourSyntax, 'from' | 'per' | 'since' | 'until' | 'where' | 'timezone' | 'span'>;

function readShared(fields: Fields): Shared {
  needs(fields, 'from', 'Write "from": "events".');
  return {
    from: takeOptional(fields, 'from', readSources)!,
    per: takeOptional(fields, 'per', (name, at) => column(readText(name, at), nowhere)),
    since: takeOptional(fields, 'since', readCondition),
    until: takeOptional(fields, 'until', readCondition),
    where: takeOptional(fields, 'where', readCondition),
    timezone: takeOptional(fields, 'timezone', (name, at) => ({ name: readText(name, at), span: nowhere })),
    span: nowhere,
  };
}

function readCondition(value: unknown, at: Place): Syntax {
  return readExpression(value, deeper(at), readSelect);
}

/** A column by its name, or an expression. */
function readKey(value: unknown, at: Place): Syntax {
  return readBeside(value, at, []).expr;
}

function readChoice<T extends string>(value: unknown, place: Place, choices: readonly T[]): T {
  const choice = choices.find((one) => one === value);
  if (choice !== undefined) return choice;
  const near = typeof value === 'string' ? nearestNames(value.slice(0, 60), choices, 1) : [];
  return failAt(
    place,
    `one of ${choices.join(', ')} is wanted${typeof value === 'string' ? '' : `, not ${kindOf(value)}`}`,
    near.length > 0 ? `Did you mean "${near[0]!}"?` : undefined,
  );
}

function choiceOf<T extends string>(fields: Fields, key: string, choices: readonly T[]): T | null {
  return takeOptional(fields, key, (value, at) => readChoice(value, at, choices));
}

function readKeys(fields: Fields): Item[] {
  const keys = takeOptional(fields, 'groupBy', (list, at) =>
    readList(list, at, 1, (value, where): Item => {
      const { expr, fields: beside } = readBeside(value, where, ['as']);
      return { expr, alias: takeOptional(beside, 'as', readText), span: nowhere };
    }),
  );
  return keys ?? [];
}

function readFunnel(fields: Fields): FunnelSyntax {
  const steps = takeOptional(fields, 'funnel', (list, at) => {
    const read = readList(list, at, stepsMin, readFunnelStep);
    return read.length <= stepsMax ? read : failAt(at, `at most ${stepsMax} steps are taken`);
  })!;
  const shared = readShared(fields);
  needs(fields, 'within', 'Write "within": "7d".');
  const grouped = fields.entries.has('groupBy');
  const query: FunnelSyntax = {
    kind: 'funnel',
    steps,
    ...shared,
    within: takeOptional(fields, 'within', readStep)!,
    order: choiceOf(fields, 'order', funnelOrders),
    exclude: takeOptional(fields, 'exclude', (list, at) => readList(list, at, 1, readExclusion)) ?? [],
    holding: takeOptional(fields, 'holding', (list, at) => readList(list, at, 1, readKey)) ?? [],
    entry: choiceOf(fields, 'entry', funnelEntries),
    repeat: takeOptional(fields, 'repeat', readBool),
    rules: choiceOf(fields, 'rules', funnelPresets),
    groupBy: readKeys(fields),
    at: choiceOf(fields, 'at', keyPlaces),
    every: takeOptional(fields, 'every', readStep),
  };
  expectTaken(fields, ['funnel', ...sharedKeys, ...funnelKeys]);
  if (query.at !== null && !grouped)
    failAt(below(fields.place, 'at'), '"at" goes with "groupBy"', 'Write "groupBy": ["country"], "at": "last".');
  return query;
}

const funnelKeys = ['within', 'order', 'exclude', 'holding', 'entry', 'repeat', 'rules', 'groupBy', 'at', 'every'];

function readFunnelStep(value: unknown, place: Place): FunnelStepSyntax {
  const { expr, fields } = readBeside(value, place, ['as', 'optional']);
  const optional = takeOptional(fields, 'optional', readBool) ?? false;
  return { expr, alias: takeOptional(fields, 'as', readText), optional, span: nowhere };
}

function readExclusion(value: unknown, place: Place): ExclusionSyntax {
  const { expr, fields } = readBeside(value, place, ['between']);
  const between = takeOptional(fields, 'between', (names, at) => {
    const read = readList(names, at, 2, (name, where): StepName => ({ name: readText(name, where), span: nowhere }));
    return read.length === 2 ? { from: read[0]!, to: read[1]! } : failAt(at, 'between names two steps');
  });
  return { expr, between, span: nowhere };
}

function readRetention(fields: Fields): RetentionSyntax {
  const start = takeOptional(fields, 'retention', readKey)!;
  const returning = takeOptional(fields, 'then', readKey);
  const shared = readShared(fields);
  for (const key of ['every', 'for']) needs(fields, key, 'Write "every": "1w", "for": 8.');
  const query: RetentionSyntax = {
    kind: 'retention',
    start,
    returning,
    ...shared,
    every: takeOptional(fields, 'every', readStep)!,
    periods: takeOptional(fields, 'for', (count, at) => readCount(count, at, 1))!,
    mode: choiceOf(fields, 'mode', retentionModes),
    within: choiceOf(fields, 'within', retentionWithins),
    groupBy: readKeys(fields),
  };
  expectTaken(fields, ['retention', 'then', ...sharedKeys, 'every', 'for', 'mode', 'within', 'groupBy']);
  return query;
}

function readPaths(fields: Fields): PathsSyntax {
  const node = takeOptional(fields, 'paths', readKey)!;
  const query: PathsSyntax = {
    kind: 'paths',
    node,
    ...readShared(fields),
    gap: takeOptional(fields, 'gap', readStep),
    depth: takeOptional(fields, 'depth', (count, at) => readCount(count, at, 1)),
    starting: takeOptional(fields, 'starting', readCondition),
    ending: takeOptional(fields, 'ending', readCondition),
    limit: takeOptional(fields, 'limit', (count, at) => readCount(count, at, 1)),
  };
  expectTaken(fields, ['paths', ...sharedKeys, 'gap', 'depth', 'starting', 'ending', 'limit']);
  if (query.starting !== null && query.ending !== null)
    failAt(fields.place, '"starting" and "ending" exclude each other', 'Keep one of the two.');
  return query;
}

function readLifecycle(fields: Fields): LifecycleSyntax {
  takeOptional(fields, 'lifecycle', (value, at) =>
    value === true ? true : failAt(at, `true is wanted, not ${kindOf(value)}`, 'Write "lifecycle": true.'),
  );
  const shared = readShared(fields);
  needs(fields, 'every', 'Write "every": "1w".');
  const query: LifecycleSyntax = { kind: 'lifecycle', ...shared, every: takeOptional(fields, 'every', readStep)! };
  expectTaken(fields, ['lifecycle', ...sharedKeys, 'every']);
  return query;
}
