import { join } from 'node:path';
import { loadEngine } from '../peers/engine-package.ts';
import type { Histories, Shape } from './histories.ts';
import type { Mode, Side } from './levels.ts';

/** Makes a store of the histories, part of it in merged segments, part in the memtable. */
export async function openVarveSide(folder: string, { stored }: Histories): Promise<Side> {
  const { open } = await loadEngine();
  const db = await open(join(folder, 'varve'), { threads: 0 });
  const pieces = 8;
  for (let piece = 0; piece < pieces; piece++) {
    const from = Math.floor((stored.length * piece) / pieces);
    const to = Math.floor((stored.length * (piece + 1)) / pieces);
    const rows = stored
      .slice(from, to)
      .map(({ actor, time, ...rest }) => ({ time: new Date(time), user_id: actor, ...rest }));
    if (rows.length > 0) await db.append('events', rows, { time: 'time', actor: 'user_id' });
    if (piece === 2 || piece === 4) await db.compact();
  }
  return {
    async ask(shape, mode) {
      const query = varveQuery(shape, mode);
      const byActor = new Map<string, number>();
      for (const { user_id, step, actors } of (await db.query(`${query} group by user_id`)).rows())
        if (actors === 1) byActor.set(String(user_id), Math.max(Number(step), byActor.get(String(user_id)) ?? 0));
      const reached = (await db.query(query)).rows().map(({ actors }) => Number(actors));
      return { byActor, reached: shape.steps.map((_, step) => reached[step] ?? 0) };
    },
    close: () => db.close(),
  };
}

/** @returns the question without its groups. */
export function varveQuery({ id, steps, window }: Shape, mode: Mode): string {
  const written = steps.map((kinds) => `kind in (${kinds.map((kind) => `'${kind}'`).join(', ')})`);
  const order = mode === 'loose' ? '' : ' order strict';
  return `funnel ${written.join(', ')} from events within ${window}ms rules clickhouse${order} where shape = ${id}`;
}
