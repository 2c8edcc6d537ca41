import { expect, it } from 'vitest';
import { splitStatements } from './statements.ts';

it.each([
  ['', [], ''],
  ['select 1', [], 'select 1'],
  ['select 1;', ['select 1'], ''],
  ['a; b ;c', ['a', ' b '], 'c'],
  [';;', [], ''],
  ["select ';' from t;", ["select ';' from t"], ''],
  ["select 'it''s;' from t; x", ["select 'it''s;' from t"], ' x'],
  ["select 'open; from t;", [], "select 'open; from t;"],
  ['select "a;b";', ['select "a;b"'], ''],
  ['select 1 -- no; end\n;', ['select 1 -- no; end\n'], ''],
  ['select /* ; */ 1;', ['select /* ; */ 1'], ''],
  ['select /* ; 1;', [], 'select /* ; 1;'],
  ['select 1 - 2 / 3;', ['select 1 - 2 / 3'], ''],
])('%j is %j and then %j', (text, complete, rest) => {
  expect(splitStatements(text)).toEqual({ complete, rest });
});
