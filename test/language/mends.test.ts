import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aggregateFunctions } from '../../engine/functions/aggregates/index.ts';
import { scalarFunctions } from '../../engine/functions/scalars/index.ts';
import { parseStatement } from '../../engine/query/parse.ts';
import { functionHabits, nameHabits, typeHabits } from '../../engine/query/sql-names.ts';
import { root } from '../support.ts';

/** What a mend proposes is itself read: a statement, a source, a clause, an expression or the rest of one. */
const settings = [
  (mend: string): string => mend,
  (mend: string): string => `${mend} from events`,
  (mend: string): string => `select ${mend} from events`,
  (mend: string): string => `select count() from events ${mend}`,
  (mend: string): string => `select count() from events every 1d ${mend}`,
  (mend: string): string => `select count() from events where ${mend}`,
  (mend: string): string => `select count() from events order by time ${mend}`,
  (mend: string): string => `select count() from ${mend}`,
  (mend: string): string => `select count() from sessions(events, ${mend})`,
  (mend: string): string => `select count() from sessions(events, gap => 30m, ${mend})`,
  (mend: string): string => `select count() ${mend} from events`,
  (mend: string): string => `select count() ${mend}`,
  (mend: string): string => `select x${mend} from events`,
  (mend: string): string => `select a ${mend} b from events`,
  (mend: string): string => `select count() from events since ${mend}`,
];

/** `Write A, or B: why.` proposes A and B; what has no sign in it may be words. */
function proposals(hint: string): string[] {
  const told = /^Write (.*)\.$/.exec(hint)?.[1];
  if (told === undefined) return [];
  return told
    .split(/, or | or (?=x |log10|contains)|; | to pass over | instead|: |, and give | alone/)
    .slice(0, 2)
    .filter((part, index) => index === 0 || /[(=~$']/.test(part));
}

function isRead(mend: string): boolean {
  return settings.some((setting) => {
    try {
      parseStatement(setting(mend));
      return true;
    } catch {
      return false;
    }
  });
}

const golden = readFileSync(join(root, 'test', 'language', 'errors.golden'), 'utf8').split('\n');
const hints = new Set([
  ...golden.filter((line) => line.startsWith('! Write ')).map((line) => line.slice(2)),
  ...functionHabits.values(),
  ...nameHabits.values(),
  ...typeHabits.values(),
]);

describe('a mend is itself valid', () => {
  it.each([...hints].flatMap((hint) => proposals(hint).map((mend) => [mend, hint])))('%s (%s)', (mend) => {
    expect(isRead(mend)).toBe(true);
  });
});

it.each([...functionHabits.keys()])('%s is no function here', (name) => {
  expect(aggregateFunctions.has(name) || scalarFunctions.has(name)).toBe(false);
});
