import { formatTimeUtc, isTimeValue, parseTime } from '../../base/calendar.ts';
import { canonicalNumber } from '../../column/canonical.ts';
import {
  elementType,
  isListType,
  isRecordsType,
  recordFields,
  type ColumnType,
  type ScalarType,
} from '../../column/types.ts';
import type { Scalar, ScalarRecord } from '../../column/values.ts';
import { scalarAt } from '../access.ts';
import { valuesFromScalars } from '../values-from-scalars.ts';
import type { ScalarContext, ScalarFunction } from './scalar.ts';

const likeOf = {
  bool: { kind: 'bool', length: 0, values: new Uint8Array(0), nulls: null },
  int: { kind: 'number', length: 0, values: new Float64Array(0), nulls: null },
  float: { kind: 'number', length: 0, values: new Float64Array(0), nulls: null },
  time: { kind: 'number', length: 0, values: new Float64Array(0), nulls: null },
  text: { kind: 'text', length: 0, values: [], nulls: null },
} as const;

function cast(to: ScalarType): ScalarFunction {
  return {
    name: `cast_${to}`,
    summary: `the value as ${to}; null where it has none`,
    example: `select '1'::${to === 'time' ? 'text' : to} as x from events limit 1`,
    signature: (args) =>
      (isListType(args[0]!.type) || isRecordsType(args[0]!.type)) && to !== 'text'
        ? { error: `${args[0]!.type} cannot be cast to ${to}` }
        : { type: to },
    evaluate: ([arg], context, constants) => {
      const from = (constants[1] ?? 'text') as ColumnType;
      if (to === 'float' && arg!.kind === 'number') return arg!;
      const scalars = new Array<Scalar>(arg!.length);
      let missing = 0;
      for (let row = 0; row < scalars.length; row++) {
        const value = scalarAt(arg!, row);
        scalars[row] = value === null ? null : castScalar(value, from, to, context);
        if (value !== null && scalars[row] === null) missing++;
      }
      if (missing > 0) context.noteNoValue(`cast to ${to}`, missing);
      return valuesFromScalars(scalars, likeOf[to]);
    },
  };
}

/** @returns the value as the other type, or null where it has no value there. */
function castScalar(value: Scalar, from: ColumnType, to: ScalarType, context: ScalarContext): Scalar {
  switch (to) {
    case 'text':
      return textOf(value, from);
    case 'bool':
      return typeof value === 'boolean'
        ? value
        : typeof value === 'string'
          ? boolOf(value.trim().toLowerCase())
          : Number.isNaN(value)
            ? null
            : Number(value) !== 0;
    case 'time':
      return typeof value === 'string' ? parseTime(value, context.timezone) : timeOf(value);
    case 'float':
      return numberOf(value);
    case 'int':
      return intOf(value);
  }
}

function boolOf(text: string): boolean | null {
  return text === 'true' ? true : text === 'false' ? false : null;
}

/** A number is read as UTC ms, parts of one cut off. */
function timeOf(value: Scalar): number | null {
  const ms = typeof value === 'boolean' ? NaN : Math.floor(Number(value));
  return isTimeValue(ms) ? ms : null;
}

function textOf(value: Scalar, from: ColumnType): string {
  if (typeof value === 'number') return from === 'time' ? formatTimeUtc(value) : canonicalNumber(value);
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return String(value);
  return JSON.stringify(jsonOf(value, from));
}

/** A list or record as JSON takes it; a float that JSON cannot say is a text, as is an int beyond ±2^53. */
function jsonOf(value: Scalar, type: ColumnType): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number')
    return type === 'time' ? formatTimeUtc(value) : Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) return value;
  if (!isRecordsType(type)) return value.map((item) => jsonOf(item as Scalar, elementType(type)));
  const fields = recordFields(type);
  return (value as readonly ScalarRecord[]).map((record) =>
    Object.fromEntries(fields.map((field) => [field.name, jsonOf(record[field.name]!, field.type)])),
  );
}

function numberOf(value: Scalar): number | null {
  if (typeof value !== 'string') return Number(value);
  const text = value.trim();
  // Digits can be read one way only: of a text without end the other ways would all be tried.
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text))
    return /^[+-]?(nan|infinity)$/i.test(text)
      ? Number(text.toLowerCase().replace('nan', 'NaN').replace('infinity', 'Infinity'))
      : null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

function intOf(value: Scalar): number | bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value))
    return fitted(BigInt(value.trim().replace(/^\+/, '')));
  const number = numberOf(value);
  if (number === null || !Number.isFinite(number)) return null;
  return fitted(BigInt(Math.sign(number) * Math.round(Math.abs(number))));
}

function fitted(value: bigint): number | bigint | null {
  if (value < -(2n ** 63n) || value >= 2n ** 63n) return null;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

export const castBool = cast('bool');
export const castInt = cast('int');
export const castFloat = cast('float');
export const castText = cast('text');
export const castTime = cast('time');
