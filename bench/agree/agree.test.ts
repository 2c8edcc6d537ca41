import { describe, expect, it } from 'vitest';
import { withFolder } from '../folders.ts';
import { hasClickHouse } from '../peers/clickhouse-package.ts';
import { makeHistories, type Shape } from './histories.ts';
import { parseAgreeOptions } from './options.ts';
import { compareFunnels, differencesOf } from './run.ts';
import { openVarveSide } from './varve-side.ts';

const clickhouse = hasClickHouse();
if (!clickhouse)
  process.stderr.write(
    '\nSKIPPED: funnels beside ClickHouse, because chdb is not installed (npm install --no-save in bench/).\n',
  );

const seed = Number(process.env['VARVE_SEED'] ?? 20_240_331);
const cases = process.env['VARVE_LONG'] === undefined ? 400 : 10_000;

const shape: Shape = { id: 0, steps: [['A'], ['A', 'B'], ['C']], window: 10 };

describe('funnels beside ClickHouse', () => {
  it.skipIf(!clickhouse)(
    `agree in both modes over random histories (seed ${seed}, ${cases} cases)`,
    { timeout: 600_000 },
    async () => {
      const agreements = await compareFunnels(cases, seed);
      expect(agreements.map(({ mode, cases: asked }) => [mode, asked])).toEqual([
        ['loose', cases],
        ['strict_order', cases],
      ]);
      for (const { levels, differences } of agreements) {
        expect(differences).toEqual([]);
        expect(levels.reduce((sum, count) => sum + count, 0)).toBe(cases);
        expect(levels.slice(3).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(cases / 10);
      }
      // The modes are not the same question.
      expect(agreements[0]!.levels).not.toEqual(agreements[1]!.levels);
    },
  );

  it('are the same from the same seed, with equal times, in two months, and not stored in order', () => {
    const { actors, shapes, stored } = makeHistories(300, seed);
    expect(makeHistories(300, seed)).toEqual({ actors, shapes, stored });
    expect(makeHistories(300, seed + 1).stored).not.toEqual(stored);
    expect(stored).toHaveLength([...actors.values()].flat().length);
    const followed = [...actors.values()].flatMap((events) => events.slice(1).map((event, at) => [events[at]!, event]));
    expect(followed.filter(([one, next]) => one!.time === next!.time).length).toBeGreaterThan(followed.length / 5);
    expect(new Set(stored.map(({ time }) => new Date(time).getUTCMonth()))).toEqual(new Set([1, 2]));
    expect(stored.slice(1).some(({ actor, time }, at) => actor === stored[at]!.actor && time < stored[at]!.time)).toBe(
      true,
    );
    expect(shapes.some(({ steps }) => steps.some((kinds) => kinds.length > 1))).toBe(true);
  });

  it('a store of known histories gives known levels', async () => {
    const event = (actor: string, time: number, kind: string) => ({ actor, time, kind, shape: 0 });
    const stored = [
      ...[event('one', 0, 'A'), event('one', 10, 'C')],
      ...[event('two', 0, 'A'), event('two', 11, 'C')],
      ...[event('three', 5, 'C'), event('three', 5, 'B'), event('three', 5, 'A')],
      ...[event('four', 0, 'A'), event('four', 1, 'X'), event('four', 2, 'C')],
      event('five', 0, 'B'),
    ];
    await withFolder(async (folder) => {
      const side = await openVarveSide(folder, { shapes: [shape], actors: new Map(), stored });
      const loose = await side.ask(shape, 'loose');
      const strict = await side.ask(shape, 'strict_order');
      await side.close();
      const levels = { one: 3, two: 2, three: 3, four: 3 };
      expect(Object.fromEntries(loose.byActor)).toEqual(levels);
      expect(loose.reached).toEqual([4, 4, 3]);
      expect(Object.fromEntries(strict.byActor)).toEqual({ ...levels, four: 2 });
      expect(strict.reached).toEqual([4, 4, 2]);
    });
  });

  it('a difference is told with the history and both texts', () => {
    const { actors } = makeHistories(1, 1);
    const levels = (level: number) => ({ byActor: new Map([['a0', level]]), reached: [1, level > 1 ? 1 : 0, 0] });
    expect(differencesOf({ actors }, shape, 'loose', levels(2), levels(2))).toEqual([]);
    const [one, all] = differencesOf({ actors }, shape, 'strict_order', levels(2), levels(1));
    expect(one).toMatch(/^a0: Varve 2, ClickHouse 1: [A-X]0 /);
    expect(one).toContain("funnel kind in ('A'), kind in ('A', 'B'), kind in ('C') from events within 10ms");
    expect(one).toContain("windowFunnel(10, 'strict_order')(time, kind in ('A')");
    expect(all).toMatch(/^all: Varve 1 1 0, ClickHouse 1 0 0\n/);
  });

  it('reads its command line', () => {
    expect(parseAgreeOptions([], 5)).toEqual({ cases: 2000, seed: 5 });
    expect(parseAgreeOptions(['--cases', '10_000', '--seed', '7'], 5)).toEqual({ cases: 10_000, seed: 7 });
    expect(() => parseAgreeOptions(['--cases', '0'], 5)).toThrow(/whole number/);
    expect(() => parseAgreeOptions(['--case', '1'], 5)).toThrow(/--case/);
  });
});
