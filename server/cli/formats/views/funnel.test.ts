import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../../engine/index.ts';
import { answersOf, drawn, eventRows, widePage } from '../../../../test/drawn.ts';

const events = eventRows([
  ...['ada 0 view d=ios', 'ada 2 cart d=ios', 'ada 5 buy d=ios'],
  ...['bob 0 view d=ios', 'bob 4 cart d=ios'],
  ...['cy 1 view d=web'],
  ...['dan 2 view d=web', 'dan 3 tip d=web', 'dan 10 cart d=web', 'dan 11 buy d=web'],
]);
const steps = "funnel event = 'view' as saw, event = 'cart', event = 'buy' as bought from app within 1h";

describe('a funnel on a terminal', () => {
  it('has a bar a step, and who went on and was lost between two', async () => {
    const [plain] = await answersOf(events, [steps]);
    expect(drawn(plain!)).toEqual([
      '1  saw             ████████████████████████████████████████  4  100 %',
      '   ↓ 3 go on (75 %), 1 lost (25 %); median 4 m 00 s',
      "2  event = 'cart'  ██████████████████████████████            3   75 %",
      '   ↓ 2 go on (66.7 %), 1 lost (33.3 %); median 2 m 00 s',
      '3  bought          ████████████████████                      2   50 %',
      '(--no-bars prints all columns)',
    ]);
    expect(drawn(plain!, { ...widePage, bars: false })[1]).toMatch(/^│ step │ name +│ actors │ conversion │/);
  });

  it('tells those who may still come from those who were lost', async () => {
    // Of the two who did not get on, bob's hour is over and cy's is not.
    const [open] = await answersOf(events, [`${steps} until '2026-03-01 01:00:30'`], '2026-03-01T01:00:30Z');
    expect(drawn(open!).filter((line) => line.includes('↓'))).toEqual([
      '   ↓ 3 go on (75 %), 1 pending (25 %); median 4 m 00 s',
      '   ↓ 2 go on (66.7 %), 1 lost (33.3 %); median 2 m 00 s',
    ]);
  });

  it('measures what follows an optional step against the one before', async () => {
    const [optional] = await answersOf(events, [
      "funnel event = 'view', optional event = 'tip' as tipped, event = 'buy' from app within 1h",
    ]);
    expect(drawn(optional!)).toEqual([
      "1  event = 'view'     ████████████████████████████████████████  4  100 %",
      '   ↓ 1 does (25 %), 3 do not (75 %); median 1 m 00 s',
      '2  tipped (optional)  ██████████                                1   25 %',
      '   ↓ 2 go on (50 %), 2 lost (50 %); median 7 m 00 s',
      "3  event = 'buy'      ████████████████████                      2   50 %",
      '(--no-bars prints all columns)',
    ]);
  });

  it('has a part a group, and says nothing of the loss of nobody', async () => {
    const [grouped] = await answersOf(events, [
      "funnel event = 'tip', event = 'view', event = 'none' from app within 1h group by d",
    ]);
    expect(drawn(grouped!)).toEqual([
      'd = web',
      "1  event = 'tip'   ████████████████████████████████████████  1  100 %",
      '   ↓ 0 go on (0 %), 1 lost (100 %)',
      "2  event = 'view'                                            0    0 %",
      "3  event = 'none'                                            0    0 %",
      '(--no-bars prints all columns)',
    ]);
    const [two] = await answersOf(events, [`${steps} group by d`]);
    expect(drawn(two!).filter((line) => /^(d = |3|$)/.test(line))).toEqual([
      'd = ios',
      '3  bought          ████████████████████                      1   50 %',
      '',
      'd = web',
      '3  bought          ████████████████████                      1   50 %',
      '',
    ]);
  });

  it('says nothing of loss where each step is of the group of its own event', async () => {
    const moved = eventRows(['ada 0 view d=ios', 'ada 1 buy d=web', 'bob 0 view d=web', 'bob 3 buy d=web']);
    const [each] = await answersOf(moved, [
      "funnel event = 'view', event = 'buy' from app within 1h group by d at each",
    ]);
    expect(drawn(each!)).toEqual([
      'd = ios',
      "1  event = 'view'  ████████████████████████████████████████  1  100 %",
      '   ↓ 0 (0 %)',
      "2  event = 'buy'                                             0    0 %",
      '',
      'd = web',
      "1  event = 'view'  ████████████████████                      1  100 %",
      '   ↓ 2 (200 %); median 2 m 00 s',
      "2  event = 'buy'   ████████████████████████████████████████  2  200 %",
      '',
      '(--no-bars prints all columns)',
    ]);
  });

  it('by `every` is a grid of conversions by bucket and step', async () => {
    const [series] = await answersOf(events, [`${steps} every 1m`]);
    expect(drawn(series!)).toEqual([
      "1 saw · 2 event = 'cart' · 3 bought",
      'time               step 1     2    3',
      '2026-03-01T00:00Z       2  █100 ▓ 50',
      '2026-03-01T00:01Z       1  ·  0 ·  0',
      '2026-03-01T00:02Z       1  █100 █100',
      ...Array.from({ length: 9 }, (_, at) => `2026-03-01T00:${String(3 + at).padStart(2, '0')}Z       0`),
      '(--no-bars prints all columns)',
    ]);
  });

  it('takes the width there is', async () => {
    const answers = await answersOf(events, [steps, `${steps} group by d`, `${steps} every 1m`]);
    for (const width of [30, 40, 55, 80, 200])
      for (const answer of answers)
        for (const line of drawn(answer, { ...widePage, width }))
          expect([line, textWidth(line) <= width]).toEqual([line, true]);
    expect(drawn(answers[0]!, { ...widePage, width: 40 })[0]).toBe('1  saw             ███████████  4  100 %');
    expect(drawn(answers[0]!, { ...widePage, width: 30 })[2]).toBe("2  event = '…  ███▊   3   75 %");
  });

  it('colors where it may', async () => {
    const [plain] = await answersOf(events, [steps]);
    const lines = drawn(plain!, { ...widePage, colors: true });
    expect(lines[2]).toContain('\u001b[36m██████████████████████████████\u001b[39m');
    expect(lines[1]).toBe('\u001b[2m   ↓ 3 go on (75 %), 1 lost (25 %); median 4 m 00 s\u001b[22m');
  });
});
