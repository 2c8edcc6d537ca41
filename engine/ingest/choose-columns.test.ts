import { describe, expect, it } from 'vitest';
import { chooseColumns, personRank } from './choose-columns.ts';
import { BatchBuilder } from './row-builder.ts';

/** The choice among columns of these names; a name with ! holds times. */
function choose(...names: string[]): { time: string | null; actor: string | null } {
  const builder = new BatchBuilder('UTC');
  for (let row = 0; row < 3; row++) {
    for (const name of names) {
      if (name.endsWith('!')) builder.column(name.slice(0, -1)).setUntyped(`2026-03-0${row + 1}T10:00:00Z`);
      else builder.column(name).setText(`${name} ${row}`);
    }
    builder.endRow();
  }
  return chooseColumns(builder.build(), { time: [], actor: [] }, 'UTC');
}

describe('the choice of time and actor', () => {
  it.each<[string[], string | null, string | null]>([
    [['id', 'user', 'user_id', 'time!'], 'time', 'user_id'],
    [['Created!', 'EventTime!', 'Hostname', 'UserID'], 'EventTime', 'UserID'],
    [['date!', 'reviewerId', 'vendorId'], 'date', 'reviewerId'],
    [['commit', 'author', 'author_time!', 'committer'], 'author_time', 'author'],
    [['ts!', 'client_ip', 'customer_id'], 'ts', 'client_ip'],
    [['ts!', 'user_agent', 'user_time!', 'account_type', 'session_id'], 'ts', null],
    [['when!', 'order_id', 'ctx.customerID'], 'when', 'ctx.customerID'],
    [['author', 'MEMBER-ID'], null, 'MEMBER-ID'],
    [['userUUID', 'text'], null, 'userUUID'],
    [['time', 'a'], null, null],
  ])('among %j', (names, time, actor) => {
    expect(choose(...names)).toEqual({ time, actor });
  });

  it('takes who is mostly unknown only where there is no other', () => {
    const builder = new BatchBuilder('UTC');
    for (let row = 0; row < 50; row++) {
      if (row === 7) builder.column('user').setText('alice');
      builder.column('ip').setText(`192.0.2.${row}`);
      builder.endRow();
    }
    const batch = builder.build();
    const none = { time: [], actor: [] };
    expect(chooseColumns(batch, none, 'UTC').actor).toBe('ip');
    const users = { ...batch, columns: batch.columns.filter(({ name }) => name === 'user') };
    expect(chooseColumns(users, none, 'UTC').actor).toBe('user');
  });

  it('ranks ids of someone before bare words, and never what is about them', () => {
    const names = ['customerid', 'author', 'user_agent', 'userName', 'id', 'toString', '__proto__', 'valid'];
    expect(names.filter((name) => personRank(name) < Infinity)).toEqual(['customerid', 'author']);
    expect(personRank('account_id')).toBeLessThan(personRank('user'));
  });
});
