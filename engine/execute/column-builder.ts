import type { CodedValues, Scalar, TextValues, Values } from '../column/values.ts';
import { isNullAt, scalarAt } from '../functions/access.ts';
import { valuesFromScalars } from '../functions/values-from-scalars.ts';

/** Puts values one after another; texts become codes of one list, ints become wide when some part is. */
export interface ColumnBuilder {
  readonly length: number;
  /** About how many bytes it holds. */
  readonly bytes: number;
  /** Adds a copy of all rows. */
  append(values: Values): void;
  /** @returns all rows so far; later appends do not change them. */
  build(): Values;
}

/** A text in a list and a map. */
const textBytes = 64;

/** Bytes of a row, its null included. */
function rowBytes({ kind }: Values): number {
  if (kind === 'null') return 0;
  if (kind === 'coded' || kind === 'text') return 5;
  return kind === 'bool' ? 2 : kind === 'list' || kind === 'records' ? 64 : 9;
}

/** Makes a builder without rows. */
export function createColumnBuilder(): ColumnBuilder {
  const parts: Values[] = [];
  const texts: string[] = [];
  const codes = new Map<string, number>();
  const derived = new WeakMap<readonly string[], Int32Array>();
  let length = 0;
  let bytes = 0;
  const codeOf = (text: string): number => {
    let code = codes.get(text);
    if (code === undefined) {
      codes.set(text, (code = texts.push(text) - 1));
      bytes += textBytes + text.length;
    }
    return code;
  };
  const recoded = (values: CodedValues | TextValues): Values => {
    const own = new Uint32Array(values.length);
    let known: Int32Array | undefined;
    if (values.kind === 'coded') {
      known = derived.get(values.texts);
      if (known === undefined) derived.set(values.texts, (known = new Int32Array(values.texts.length)));
    }
    for (let row = 0; row < own.length; row++) {
      if (isNullAt(values, row)) continue;
      if (values.kind === 'text') own[row] = codeOf(values.values[row]);
      else {
        const code = values.codes[row];
        if (known![code] === 0) known![code] = codeOf(values.texts[code]) + 1;
        own[row] = known![code] - 1;
      }
    }
    return { kind: 'coded', length: own.length, codes: own, texts, nulls: values.nulls?.slice() ?? null };
  };
  return {
    get length() {
      return length;
    },
    get bytes() {
      return bytes;
    },
    append(values) {
      length += values.length;
      bytes += values.length * rowBytes(values);
      parts.push(values.kind === 'coded' || values.kind === 'text' ? recoded(values) : copied(values));
    },
    build: () => joined(parts, length, texts.slice()),
  };
}

function copied(values: Values): Values {
  if (values.kind !== 'bool' && values.kind !== 'number' && values.kind !== 'bigint') return values;
  return { ...values, values: values.values.slice() as never, nulls: values.nulls?.slice() ?? null };
}

function joined(parts: readonly Values[], length: number, texts: readonly string[]): Values {
  const kinds = new Set(parts.map(({ kind }) => kind));
  kinds.delete('null');
  if (kinds.size === 0) return { kind: 'null', length };
  const wide = kinds.size === 2 && kinds.has('number') && kinds.has('bigint');
  const kind = wide ? 'bigint' : [...kinds][0];
  if ((kinds.size > 1 && !wide) || kind === 'list' || kind === 'records') {
    const scalars: Scalar[] = [];
    for (const part of parts) for (let row = 0; row < part.length; row++) scalars.push(scalarAt(part, row));
    return valuesFromScalars(
      scalars,
      parts.find((part) => part.kind === kind),
    );
  }
  const nulls = new Uint8Array(length);
  const out =
    kind === 'bool'
      ? new Uint8Array(length)
      : kind === 'number'
        ? new Float64Array(length)
        : kind === 'bigint'
          ? new BigInt64Array(length)
          : new Uint32Array(length);
  let at = 0;
  for (const part of parts) {
    if (part.kind === 'null') nulls.fill(1, at, at + part.length);
    else {
      if (part.nulls !== null) nulls.set(part.nulls, at);
      copyInto(out, part, at);
    }
    at += part.length;
  }
  const common = { length, nulls: nulls.includes(1) ? nulls : null };
  if (out instanceof Uint32Array) return { kind: 'coded', codes: out, texts, ...common };
  return { kind, values: out, ...common } as Values;
}

function copyInto(
  out: Uint8Array | Uint32Array | Float64Array | BigInt64Array,
  part: Exclude<Values, { kind: 'null' }>,
  at: number,
): void {
  if (out instanceof BigInt64Array) {
    if (part.kind === 'bigint') out.set(part.values, at);
    else if (part.kind === 'number')
      for (let row = 0; row < part.length; row++) out[at + row] = isNullAt(part, row) ? 0n : BigInt(part.values[row]);
  } else if (part.kind === 'coded') out.set(part.codes, at);
  else if (part.kind === 'bool' || part.kind === 'number') out.set(part.values, at);
}
