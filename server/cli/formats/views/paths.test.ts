import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../../engine/index.ts';
import { answersOf, drawn, eventRows, widePage } from '../../../../test/drawn.ts';

const events = eventRows([
  ...['ada 0 home', 'ada 1 search', 'ada 3 play'],
  ...['bob 0 home', 'bob 2 search'],
  ...['cy 0 home', 'cy 9 play'],
  ...['dan 4 login', 'dan 5 play'],
]);

describe('paths on a terminal', () => {
  it('are the nodes of each step with where they lead', async () => {
    const [answer] = await answersOf(events, ['paths event from app depth 2']);
    expect(drawn(answer!)).toEqual([
      'step 1',
      '  home  3',
      '  ├─ search     ████████████████████  2    66.7 %  after 1 m 30 s',
      '  └─ play       ██████████            1    33.3 %  after 9 m 00 s',
      '  login  1',
      '  └─ play       ██████████            1     100 %  after 1 m 00 s',
      'step 2',
      '  play  2',
      '  └─ ends here  ████████████████████  2     100 %',
      '  search  2',
      '  ├─ play       ██████████            1      50 %  after 2 m 00 s',
      '  └─ ends here  ██████████            1      50 %',
      '(--no-bars prints all rows and columns)',
    ]);
  });

  it('are the largest, and say how many are not shown', async () => {
    const many = eventRows(
      Array.from({ length: 90 }, (_, n) => [`u${n} 0 from${n % 9}`, `u${n} 1 to${n % 10}`]).flat(),
    );
    const [answer, top] = await answersOf(many, [
      'paths event from app depth 2',
      'paths event from app depth 2 limit 2',
    ]);
    const lines = drawn(answer!);
    expect(lines.slice(1, 10)).toEqual([
      '  from0  10',
      ...[0, 1, 2, 3, 4, 5].map((n) => `  ├─ to${n}        ████████████████████    1      10 %  after 1 m 00 s`),
      '  └─ … 4 more, of 4 paths',
      '  from1  10',
    ]);
    expect(lines).toContain('  … 3 more, of 30 paths');
    expect(drawn(top!).slice(1, 4).join()).toContain('(others)  70');
  });

  it('take the width there is, and print no control character', async () => {
    const [answer] = await answersOf(
      [...events, ...eventRows(['eve 0 x']).map((row) => ({ ...row, event: '\u001b[31m' + '名前'.repeat(30) }))],
      ['paths event from app depth 2'],
    );
    for (const width of [44, 60, 80, 200]) {
      const lines = drawn(answer!, { ...widePage, width });
      for (const line of lines) expect([line, textWidth(line) <= width]).toEqual([line, true]);
      expect(lines.join('')).not.toContain('\u001b');
    }
  });

  it('that nobody took are a table without rows', async () => {
    const [answer] = await answersOf(events, ["paths event from app where event = 'nothing'"]);
    expect(drawn(answer!)[1]).toBe('│ step │ source │ target │ events │ actors │ avg_time │');
  });
});
