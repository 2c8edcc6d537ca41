import {
  funnelEntries,
  funnelOrders,
  funnelPresets,
  keyPlaces,
  retentionModes,
  retentionWithins,
  stepsMax,
  stepsMin,
} from './syntax-behaviour.ts';

/** A node of a JSON Schema. */
export type Schema = { readonly [key: string]: unknown } | boolean;

const text = { type: 'string' };
/** A duration as it is written. */
export const duration = { type: 'string', pattern: '^[0-9]{0,8}[1-9][0-9]{0,8}(ms|s|m|h|d|w|mo|q|y)$' };

/** @returns a reference to a definition. */
export function ref(name: string): Schema {
  return { $ref: `#/$defs/${name}` };
}

/** @returns a list of at least so many elements. */
export function list(items: Schema, minItems: number): Schema {
  return { type: 'array', items, minItems };
}

/** @returns a whole number from `minimum`. */
export function count(minimum: number): Schema {
  return { type: 'integer', minimum, maximum: Number.MAX_SAFE_INTEGER };
}

/** @returns an object that has these keys; what else it may have is said in `more`. */
export function open(
  required: readonly string[],
  properties: { readonly [key: string]: Schema },
  more: object = {},
): Schema {
  return { type: 'object', required, properties, ...more };
}

/** @returns an expression with keys of its surroundings beside its own. */
export function beside(properties: { readonly [key: string]: Schema }, more: object = {}): Schema {
  return { ...(ref('tagged') as object), properties, unevaluatedProperties: false, ...more };
}

/** The questions about behaviour, and what they are made of. */
export function behaviourSchemas(): { readonly [name: string]: Schema } {
  const expression = ref('expression');
  const closed = { additionalProperties: false };
  const shared = {
    from: { anyOf: [ref('source'), list(ref('source'), 1)] },
    per: text,
    since: expression,
    until: expression,
    where: expression,
    timezone: text,
  };
  const groupBy = list({ anyOf: [text, beside({ as: text })] }, 1);
  const key = { anyOf: [text, beside({})] };
  const step = { anyOf: [text, beside({ as: text, optional: { type: 'boolean' } })] };
  const names = { ...(list(text, 2) as object), maxItems: 2 };
  return {
    funnel: open(
      ['funnel', 'from', 'within'],
      {
        funnel: { ...(list(step, stepsMin) as object), maxItems: stepsMax },
        ...shared,
        within: duration,
        order: { enum: funnelOrders },
        exclude: list({ anyOf: [text, beside({ between: names })] }, 1),
        holding: list(key, 1),
        entry: { enum: funnelEntries },
        repeat: { type: 'boolean' },
        rules: { enum: funnelPresets },
        groupBy,
        at: { enum: keyPlaces },
        every: duration,
      },
      { ...closed, dependentRequired: { at: ['groupBy'] } },
    ),
    retention: open(
      ['retention', 'from', 'every', 'for'],
      {
        retention: key,
        then: key,
        ...shared,
        every: duration,
        for: count(1),
        mode: { enum: retentionModes },
        within: { enum: retentionWithins },
        groupBy,
      },
      closed,
    ),
    paths: open(
      ['paths', 'from'],
      {
        paths: key,
        ...shared,
        gap: duration,
        depth: count(1),
        starting: expression,
        ending: expression,
        limit: count(1),
      },
      { ...closed, not: { required: ['starting', 'ending'] } },
    ),
    lifecycle: open(['lifecycle', 'from', 'every'], { lifecycle: { const: true }, ...shared, every: duration }, closed),
  };
}
