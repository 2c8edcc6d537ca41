import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../../engine/index.ts';
import { answersOf, drawn, eventRows, widePage } from '../../../../test/drawn.ts';

const day = 24 * 60;
const events = eventRows([
  ...[`ada 0 in d=ios`, `ada ${day} in d=ios`, `ada ${2 * day} in d=ios`],
  ...[`bob 5 in d=ios`, `cy 7 in d=web`, `cy ${2 * day} in d=web`],
  ...[`dan ${day} in d=web`, `dan ${2 * day} in d=web`],
]);
const asked = "retention event = 'in' then any from app every 1d for 3 until '2026-03-04'";

describe('retention on a terminal', () => {
  it('is a triangle with the mean below; what is not over is empty', async () => {
    const [answer] = await answersOf(events, [asked]);
    expect(drawn(answer!)).toEqual([
      'cohort      actors     0    1    2    3',
      '2026-03-01       3  █100 ▒ 33 ▓ 67',
      '2026-03-02       1  █100 █100',
      '2026-03-03       0',
      '────────────────────────────────────────',
      'mean             4  █100 ▓ 50 ▓ 67',
      '% of the cohort (--no-bars prints all columns)',
    ]);
  });

  it('has one a group', async () => {
    const [answer] = await answersOf(events, [`${asked} group by d`]);
    const lines = drawn(answer!);
    expect(lines.filter((line) => /^(d = |mean|$)/.test(line))).toEqual([
      'd = ios',
      'mean             2  █100 ▓ 50 ▓ 50',
      '',
      'd = web',
      'mean             2  █100 ▓ 50 █100',
      '',
    ]);
  });

  it('shades by the ground where there are colors', async () => {
    const [answer] = await answersOf(events, [asked]);
    const lines = drawn(answer!, { ...widePage, colors: true });
    expect(lines[1]).toContain('\u001b[48;5;30;38;5;15m  33\u001b[39;49m');
    expect(lines[1]).not.toMatch(/[░▒▓█]/);
  });

  it('is blocks alone where there is no room for numbers, and leaves out what does not fit', async () => {
    const [answer] = await answersOf(events, [asked.replace('for 3', 'for 30')]);
    expect(drawn(answer!, { ...widePage, width: 60 })).toEqual([
      'cohort      actors  0    5    10   15   20   25   30',
      '2026-03-01       3  █▒▓',
      '2026-03-02       1  ██',
      '2026-03-03       0',
      '───────────────────────────────────────────────────',
      'mean             4  █▓▓',
      '· 0   ░ below 25   ▒ below 50   ▓ below 75   █ 75 to 100 %',
      '% of the cohort (--no-bars prints all columns)',
    ]);
    const narrow = drawn(answer!, { ...widePage, width: 40 });
    expect(narrow.at(-2)).toBe('… 11 more columns (--no-bars prints all)');
    for (const line of narrow) expect(textWidth(line)).toBeLessThanOrEqual(40);
  });

  it('begins its days where those of the time zone do', async () => {
    const [answer] = await answersOf(events, [`${asked} timezone 'Europe/Berlin'`]);
    expect(drawn(answer!)[1]).toMatch(/^2026-02-28T23:00Z {7}3 {2}█100 ▒ 33/);
  });
});
