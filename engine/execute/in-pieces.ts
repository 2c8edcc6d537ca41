import type { Scalar, Values } from '../column/values.ts';
import { scalarAt } from '../functions/access.ts';
import type { ScalarContext } from '../functions/scalars/scalar.ts';
import { valuesFromScalars } from '../functions/values-from-scalars.ts';

/** Characters that a function of text is given at once: a look-up of the slowest regular expression stays short. */
const pieceChars = 262_144;

/**
 * Runs a function over rows, in pieces where their texts are long.
 * The context's check is called before each piece, and ends the work by throwing.
 */
export function inPieces(
  args: readonly Values[],
  length: number,
  context: ScalarContext,
  run: (args: readonly Values[]) => Values,
): Values {
  const ends = pieceEnds(args, length);
  if (ends.length === 1) return run(args);
  const parts: Values[] = [];
  let from = 0;
  for (const end of ends) {
    context.check?.();
    parts.push(run(args.map((arg) => sliced(arg, from, end))));
    from = end;
  }
  return joined(parts, length);
}

function pieceEnds(args: readonly Values[], length: number): number[] {
  const ends: number[] = [];
  const texts = args.filter(({ kind }) => kind === 'text' || kind === 'coded');
  if (texts.length > 0) {
    let chars = 0;
    for (let row = 0; row < length; row++) {
      for (const arg of texts) {
        if (arg.kind === 'coded') chars += arg.texts[arg.codes[row]]?.length ?? 0;
        else if (arg.kind === 'text') chars += arg.values[row]?.length ?? 0;
      }
      if (chars < pieceChars || row + 1 === length) continue;
      ends.push(row + 1);
      chars = 0;
    }
  }
  ends.push(length);
  return ends;
}

function sliced(values: Values, from: number, to: number): Values {
  const length = to - from;
  if (values.kind === 'null') return { kind: 'null', length };
  const nulls = values.nulls?.subarray(from, to) ?? null;
  switch (values.kind) {
    case 'bool':
      return { kind: 'bool', length, values: values.values.subarray(from, to), nulls };
    case 'number':
      return { kind: 'number', length, values: values.values.subarray(from, to), nulls };
    case 'bigint':
      return { kind: 'bigint', length, values: values.values.subarray(from, to), nulls };
    case 'text':
      return { kind: 'text', length, values: values.values.slice(from, to), nulls };
    case 'coded':
      return { ...values, length, codes: values.codes.subarray(from, to), nulls };
    case 'list':
    case 'records':
      return { ...values, length, offsets: values.offsets.subarray(from, to + 1), nulls };
  }
}

function joined(parts: readonly Values[], length: number): Values {
  const kinds = new Set(parts.map(({ kind }) => kind));
  const nulls = new Uint8Array(length);
  const [kind] = kinds;
  if (kinds.size === 1 && (kind === 'bool' || kind === 'number')) {
    const values = kind === 'bool' ? new Uint8Array(length) : new Float64Array(length);
    let at = 0;
    for (const part of parts) {
      if (part.kind !== 'bool' && part.kind !== 'number') continue;
      values.set(part.values, at);
      if (part.nulls !== null) nulls.set(part.nulls, at);
      at += part.length;
    }
    const common = { length, nulls: nulls.includes(1) ? nulls : null };
    return values instanceof Uint8Array ? { kind: 'bool', values, ...common } : { kind: 'number', values, ...common };
  }
  const scalars: Scalar[] = [];
  for (const part of parts) for (let row = 0; row < part.length; row++) scalars.push(scalarAt(part, row));
  return valuesFromScalars(
    scalars,
    parts.find((part) => part.kind !== 'null'),
  );
}
