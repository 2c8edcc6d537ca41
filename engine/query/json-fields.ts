import { parseDuration } from '../base/duration.ts';
import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { nearestNames } from '../base/nearest.ts';
import type { BehaviourSyntax } from './syntax-behaviour.ts';
import type { StepSyntax } from './syntax.ts';

/** Where in a JSON query something stands: `$.where.args[1]`, and how many nodes deep. */
export interface Place {
  readonly path: string;
  readonly level: number;
  /** Reads a question about behaviour, null where there is none; handed along, since sources lie below queries. */
  readonly behaviour: (value: unknown, place: Place) => BehaviourSyntax | null;
}

/** Nodes that are read from JSON have no place in a text. */
export const nowhere = { start: 0, end: 0 } as const;

/** @returns the place of a key or an element. */
export function below(place: Place, step: string | number, levels = 0): Place {
  const path = typeof step === 'number' ? `${place.path}[${step}]` : `${place.path}.${step}`;
  return { ...place, path, level: place.level + levels };
}

/** Says what is wrong at a place. @throws VarveError `syntax`, always. */
export function failAt(place: Place, message: string, hint?: string): never {
  throw new VarveError('syntax', `${place.path}: ${message}.`, { hint });
}

/** @throws VarveError `limit` where JSON is nested deeper than a query's tree may be: reading it goes as deep. */
export function checkLevel(place: Place): void {
  if (place.level > limits.queryLevelsMax)
    throw new VarveError('limit', `The query is nested more than ${limits.queryLevelsMax} deep (queryLevelsMax).`);
}

/** What kind of value JSON has, for a message. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

/** The keys of an object as a map; a key that nobody takes is an error. */
export interface Fields {
  readonly place: Place;
  readonly entries: Map<string, unknown>;
}

/** @throws VarveError `syntax` unless the value is an object. */
export function fieldsOf(value: unknown, place: Place, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    failAt(place, `${what} is an object, not ${kindOf(value)}`);
  return { place, entries: new Map(Object.entries(value).filter(([, entry]) => entry !== undefined)) };
}

/** @returns what a key holds, and takes it; undefined where there is no such key. */
export function take(fields: Fields, key: string): unknown {
  const value = fields.entries.get(key);
  fields.entries.delete(key);
  return value;
}

/** @throws VarveError `syntax` for a key that was not taken, with the nearest of those that may stand here. */
export function expectTaken({ place, entries }: Fields, keys: readonly string[]): void {
  const key = entries.keys().next().value;
  if (key === undefined) return;
  const near = nearestNames(key.slice(0, 60), keys, 1);
  failAt(
    place,
    keys.includes(key)
      ? `"${key}" cannot stand beside the others`
      : `"${key.slice(0, 60)}" is no key that stands beside "${keys[0]!}"`,
    near.length > 0 && near[0] !== key ? `Did you mean "${near[0]!}"?` : `Keys are ${keys.join(', ')}.`,
  );
}

/** Reads the value of a key where there is one. */
export function takeOptional<T>(fields: Fields, key: string, read: (value: unknown, place: Place) => T): T | null {
  const value = take(fields, key);
  return value === undefined ? null : read(value, below(fields.place, key));
}

/** @throws VarveError `syntax` unless it is a list of at least `least` elements. */
export function readList<T>(
  value: unknown,
  place: Place,
  least: number,
  read: (element: unknown, place: Place) => T,
): T[] {
  if (!Array.isArray(value)) failAt(place, `a list is wanted, not ${kindOf(value)}`);
  if (value.length < least) failAt(place, least === 1 ? 'the list is empty' : `at least ${least} elements are wanted`);
  return Array.from(value as unknown[], (element, index) => read(element, below(place, index)));
}

/** @throws VarveError `syntax` unless it is a text. */
export function readText(value: unknown, place: Place): string {
  return typeof value === 'string' ? value : failAt(place, `a text is wanted, not ${kindOf(value)}`);
}

/** @throws VarveError `syntax` unless it is a whole number from `least`. */
export function readCount(value: unknown, place: Place, least: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && !Object.is(value, -0)) return value;
  return failAt(place, `a whole number from ${least} is wanted`);
}

/** @throws VarveError `syntax` unless it is a bool. */
export function readBool(value: unknown, place: Place): boolean {
  return typeof value === 'boolean' ? value : failAt(place, `true or false is wanted, not ${kindOf(value)}`);
}

/** @throws VarveError `syntax` unless it is a duration. */
export function readStep(value: unknown, place: Place): StepSyntax {
  const step = typeof value === 'string' ? parseDuration(value) : null;
  if (step === null) failAt(place, 'a duration is wanted', 'Write it as a text: "30m", "7d", "1mo".');
  return { step, span: nowhere };
}
