import { limits } from '../base/limits.ts';
import type { ColumnSetter, RowBuilder } from './formats/format.ts';
import { isInt64 } from './exact-json.ts';

/** What is wrong with an event that would be the first with one property more. */
export const tooManyColumns = `the source has more than ${limits.columnsMax} columns by now (columnsMax)`;

/** What a parsed event holds: JSON, with exact big ints; outside of lists also valid Dates. */
export type EventValue =
  null | boolean | number | bigint | string | Date | readonly EventValue[] | { readonly [name: string]: EventValue };

/** What a list holds. */
type Item = null | boolean | number | bigint | string;

/** Takes the setters it needs from a builder once. */
export type Setters = (name: string) => ColumnSetter | null;

/** @returns setters by name that ask the builder once a name; null beyond columnsMax names. */
export function settersOf(rows: RowBuilder): Setters {
  const known = new Map<string, ColumnSetter>();
  return (name) => {
    let setter = known.get(name);
    if (setter === undefined) {
      if (known.size >= limits.columnsMax) return null;
      setter = rows.column(name);
      known.set(name, setter);
    }
    return setter;
  };
}

/**
 * Sets an event's properties: nested objects become `a.b`, arrays of scalars lists, arrays of objects a list a field.
 * @returns what is wrong with the event, or null.
 */
export function setEvent(event: { readonly [name: string]: EventValue }, setters: Setters): string | null {
  if (deeper(event, limits.nestingMax)) return `it is nested more than ${limits.nestingMax} deep (nestingMax)`;
  return setProperties('', event, setters, 0);
}

function setProperties(
  prefix: string,
  object: { readonly [name: string]: EventValue },
  setters: Setters,
  depth: number,
): string | null {
  if (depth > limits.nestingMax) return `it is nested more than ${limits.nestingMax} deep (nestingMax)`;
  for (const name of Object.keys(object)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (path === '') return 'a property has an empty name';
    if (path.length > limits.nameBytesMax)
      return `a property's name is longer than ${limits.nameBytesMax} (nameBytesMax)`;
    const wrong = setProperty(path, object[name]!, setters, depth);
    if (wrong !== null) return wrong;
  }
  return null;
}

function setProperty(path: string, value: EventValue, setters: Setters, depth: number): string | null {
  if (value === null) return null;
  if (typeof value === 'object' && !(value instanceof Date)) {
    if (!isArray(value)) return setProperties(path, value, setters, depth + 1);
    if (value.some((item) => item !== null && typeof item === 'object' && !isArray(item)))
      return setObjects(path, value, setters, depth);
  }
  const setter = setters(path);
  if (setter === null) return tooManyColumns;
  if (value instanceof Date) {
    setter.setTime(value.getTime());
    return null;
  }
  switch (typeof value) {
    case 'boolean':
      setter.setBool(value);
      return null;
    case 'string':
      setter.setText(value);
      return null;
    case 'bigint':
      if (!isInt64(value)) return `"${path}" is a whole number of more than 64 bits`;
      setter.setInt(value);
      return null;
    case 'number': {
      const exact = exactNumber(value);
      if (typeof exact === 'bigint' || Number.isSafeInteger(exact)) setter.setInt(exact);
      else setter.setFloat(exact);
      return null;
    }
  }
  if (value.some((item) => typeof item === 'bigint' && !isInt64(item)))
    return `"${path}" holds a whole number of more than 64 bits`;
  setter.setList(value.map(cellOf));
  return null;
}

/** A whole number beyond ±2^53 is an int like any other, exactly what the double is, where it fits 64 bits. */
function exactNumber(value: number): number | bigint {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  const exact = BigInt(value);
  return isInt64(exact) ? exact : value;
}

/** `[{a: 1}, {a: 2, b: 3}]` becomes lists `path.a` = [1, 2] and `path.b` = [null, 3]. */
function setObjects(path: string, items: readonly EventValue[], setters: Setters, depth: number): string | null {
  const lists = new Map<string, Item[]>();
  const collect = (prefix: string, value: EventValue, index: number, level: number): void => {
    if (level <= limits.nestingMax && isObject(value)) {
      for (const name of Object.keys(value)) collect(`${prefix}.${name}`, value[name]!, index, level + 1);
      return;
    }
    let list = lists.get(prefix);
    if (list === undefined) lists.set(prefix, (list = new Array<Item>(items.length).fill(null)));
    list[index] = cellOf(value);
  };
  items.forEach((item, index) => collect(path, item, index, depth));
  for (const [name, list] of lists) {
    const setter = setters(name);
    if (setter === null) return tooManyColumns;
    setter.setList(list);
  }
  return null;
}

/** A value within a list; one that is a list or an object itself is its JSON. */
function cellOf(value: EventValue): Item {
  if (typeof value === 'number') return exactNumber(value);
  return value !== null && typeof value === 'object' ? JSON.stringify(value, plain) : value;
}

function isObject(value: EventValue): value is { readonly [name: string]: EventValue } {
  return value !== null && typeof value === 'object' && !isArray(value) && !(value instanceof Date);
}

function isArray(value: EventValue): value is readonly EventValue[] {
  return Array.isArray(value);
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** Whether a value has more than `levels` levels; goes no deeper than that itself. */
function deeper(value: EventValue, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (levels === 0) return true;
  return (isArray(value) ? value : Object.values(value)).some((inner) => deeper(inner, levels - 1));
}
