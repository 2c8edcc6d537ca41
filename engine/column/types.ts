/** The type of one value that is not a list. `time` is UTC milliseconds; `int` is exact to 64 bits. */
export type ScalarType = 'bool' | 'int' | 'float' | 'text' | 'time';

/** The type of a column or expression. `null` is that of an expression or column that has no value at all. */
export type ColumnType = ScalarType | 'null' | `list of ${ScalarType}`;

export const scalarTypes: readonly ScalarType[] = ['bool', 'int', 'float', 'text', 'time'];

/** @returns whether values of this type are lists. */
export function isListType(type: ColumnType): type is `list of ${ScalarType}` {
  return type.startsWith('list of ');
}

/** @returns the element type of a list type, or the type itself. */
export function elementType(type: ColumnType): ScalarType | 'null' {
  return (isListType(type) ? type.slice('list of '.length) : type) as ScalarType | 'null';
}

/** @returns the type of lists of `element`. */
export function listOf(element: ScalarType): ColumnType {
  return `list of ${element}`;
}

/** What is known of a column when its type has to be widened: `wide` = some int lies beyond ±2^53. */
export interface WidenInput {
  readonly type: ColumnType;
  readonly wide: boolean;
}

/**
 * The narrowest type that holds the values of both without loss: int and float meet in float when every int is exact
 * there, else in text; any two other types meet in text; a scalar and a list meet in text (JSON).
 */
export function widenTypes(a: WidenInput, b: WidenInput): WidenInput {
  const wide = a.wide || b.wide;
  if (a.type === b.type) return { type: a.type, wide };
  if (a.type === 'null') return b;
  if (b.type === 'null') return a;
  if (isListType(a.type) && isListType(b.type)) {
    const element = widenTypes(
      { type: elementType(a.type), wide: a.wide },
      { type: elementType(b.type), wide: b.wide },
    );
    return { type: listOf(element.type as ScalarType), wide };
  }
  const numbers = (a.type === 'int' || a.type === 'float') && (b.type === 'int' || b.type === 'float');
  return numbers && !wide ? { type: 'float', wide } : { type: 'text', wide };
}
