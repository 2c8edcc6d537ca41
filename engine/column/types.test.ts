import { expect, it } from 'vitest';
import { elementType, isListType, isRecordsType, recordFields, recordsOf, type RecordField } from './types.ts';

it('a type of records says its fields, lists among them', () => {
  const fields: RecordField[] = [
    { name: 'value', type: 'list of text' },
    { name: 'count', type: 'int' },
  ];
  const type = recordsOf(fields);
  expect(type).toBe('list of {value: list of text, count: int}');
  expect(recordFields(type)).toEqual(fields);
  expect([isRecordsType(type), isListType(type)]).toEqual([true, false]);
  expect([isRecordsType('list of int'), isListType('list of int'), elementType('list of int')]).toEqual([
    false,
    true,
    'int',
  ]);
});
