import { expectCode, pause, type Life } from './life.ts';
import { Violation } from './model.ts';

/** One saved query that is written again and again, its text a number. */
export interface KnownDefinition {
  /** The last number that was acknowledged or shown. */
  sure: number;
  /** The last number that was tried. */
  tried: number;
}

const name = 'saved';

/** Defines the saved query anew a few times, and looks at what is there after each. */
export async function runDefiner(life: Life): Promise<void> {
  const { definition } = life.world;
  const count = life.rng.integer(4);
  for (let i = 0; i < count && !life.closing; i++) {
    await pause(life);
    if (life.closing) return;
    const number = ++definition.tried;
    try {
      await life.store.define(name, String(number));
      definition.sure = number;
    } catch (error) {
      expectCode(life, error, `definition ${number}`);
    }
    if (!life.closing) checkDefinition(life);
  }
}

/** @throws Violation when a saved query that was acknowledged or shown is gone, or one is there that nobody sent. */
export function checkDefinition({ store, world: { definition } }: Life): void {
  const snapshot = store.snapshot();
  const shown = Number(snapshot.definitions.get(name) ?? 0);
  snapshot.release();
  if (shown < definition.sure || shown > definition.tried)
    throw new Violation(`definition ${shown} is there, not ${definition.sure} … ${definition.tried}`);
  definition.sure = shown;
}
