import { limits } from '../base/limits.ts';
import type { ColumnSetter, RowBuilder } from './formats/format.ts';
import { isListCell, type Cell } from './infer.ts';

/** What a parsed event holds: JSON, with exact big ints. */
export type EventValue =
  null | boolean | number | bigint | string | readonly EventValue[] | { readonly [name: string]: EventValue };

/** Takes the setters it needs from a builder once. */
export type Setters = (name: string) => ColumnSetter;

/** @returns setters by name that ask the builder once a name. */
export function settersOf(rows: RowBuilder): Setters {
  const known = new Map<string, ColumnSetter>();
  return (name) => {
    let setter = known.get(name);
    if (setter === undefined) {
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
  switch (typeof value) {
    case 'boolean':
      setters(path).setBool(value);
      return null;
    case 'string':
      setters(path).setText(value);
      return null;
    case 'bigint':
      setters(path).setInt(value);
      return null;
    case 'number':
      if (Number.isSafeInteger(value)) setters(path).setInt(value);
      else setters(path).setFloat(value);
      return null;
  }
  if (!isArray(value)) return setProperties(path, value, setters, depth + 1);
  if (value.some((item) => item !== null && typeof item === 'object' && !isArray(item)))
    return setObjects(path, value, setters, depth);
  setters(path).setList(
    value.map((item) => (item !== null && typeof item === 'object' ? JSON.stringify(item, plain) : item)) as never,
  );
  return null;
}

/** `[{a: 1}, {a: 2, b: 3}]` becomes lists `path.a` = [1, 2] and `path.b` = [null, 3]. */
function setObjects(path: string, items: readonly EventValue[], setters: Setters, depth: number): string | null {
  const lists = new Map<string, Cell[]>();
  const collect = (prefix: string, value: EventValue, index: number, level: number): void => {
    if (level <= limits.nestingMax && value !== null && typeof value === 'object' && !isArray(value)) {
      for (const name of Object.keys(value)) collect(`${prefix}.${name}`, value[name]!, index, level + 1);
      return;
    }
    let list = lists.get(prefix);
    if (list === undefined) lists.set(prefix, (list = new Array<Cell>(items.length).fill(null)));
    list[index] = value !== null && typeof value === 'object' ? JSON.stringify(value, plain) : value;
  };
  items.forEach((item, index) => collect(path, item, index, depth));
  for (const [name, list] of lists) if (isListCell(list)) setters(name).setList(list as never);
  return null;
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
