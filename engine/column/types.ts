/** The type of one value that is not a list. `time` is UTC milliseconds; `int` is exact to 64 bits. */
export type ScalarType = 'bool' | 'int' | 'float' | 'text' | 'time';

/** The type of a column or expression. `null` is that of an expression or column that has no value at all. */
export type ColumnType = ScalarType | 'null' | `list of ${ScalarType}` | RecordsType;

/**
 * Lists of records, which only answers hold: `list of {value: text, count: int}`. A field's type may be any other type.
 */
export type RecordsType = `list of {${string}}`;

export const scalarTypes: readonly ScalarType[] = ['bool', 'int', 'float', 'text', 'time'];

/** @returns whether values of this type are lists of scalars. */
export function isListType(type: ColumnType): type is `list of ${ScalarType}` {
  return type.startsWith('list of ') && !type.endsWith('}');
}

/** @returns whether values of this type are lists of records. */
export function isRecordsType(type: ColumnType): type is RecordsType {
  return type.endsWith('}');
}

/** A named part of a record. */
export interface RecordField {
  readonly name: string;
  readonly type: ColumnType;
}

/** @returns the type of lists of records with these fields; their names are plain words. */
export function recordsOf(fields: readonly RecordField[]): RecordsType {
  return `list of {${fields.map(({ name, type }) => `${name}: ${type}`).join(', ')}}`;
}

/** @returns the fields of a type that `recordsOf` made. */
export function recordFields(type: RecordsType): RecordField[] {
  return type
    .slice('list of {'.length, -1)
    .split(', ')
    .map((field) => {
      const at = field.indexOf(': ');
      return { name: field.slice(0, at), type: field.slice(at + 2) as ColumnType };
    });
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
