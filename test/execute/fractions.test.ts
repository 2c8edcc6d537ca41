import { expect, it } from 'vitest';
import { open } from '../../engine/index.ts';
import { temporaryFolder } from '../support.ts';

/** Ints of a block are offsets from a base; what they are compared with may lie between two of them. */
const ints = [-28, -1, 0, 1, 7, 300, 2 ** 40];
const constants = [1e-300, -1e-300, 0.5, -0.5, 0, -28.5, 299.9999999, 2 ** 40 + 0.5, 5e-324];
const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

it('ints compare exactly with fractions, before and after compaction', async () => {
  const db = await open(temporaryFolder());
  await db.append(
    't',
    ints.map((n) => ({ time: new Date('2024-01-01'), n })),
  );
  for (const compacted of [false, true]) {
    if (compacted) await db.compact();
    for (const [sign, holds] of Object.entries(comparisons)) {
      for (const constant of constants) {
        const result = await db.query(`select n from t where n ${sign} $c order by n`, { params: { c: constant } });
        const wanted = ints.filter((n) => holds(n, constant));
        expect([compacted, sign, constant, result.values(0)]).toEqual([compacted, sign, constant, wanted]);
      }
    }
  }
  await db.close();
});
