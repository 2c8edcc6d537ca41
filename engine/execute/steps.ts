/** Work that may rest where it yields, so that the thread can do other things, or give it up. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** How much is done between two such places: some ms for what is cheapest, some tens for what is not. */
export const stepRows = 65_536;

/** @returns what the work makes, done in one go. */
export function doAll<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * @param rest is asked at every place where the work may rest, and ends it by throwing; what it returns is awaited.
 * @returns what the work makes.
 */
export async function doInTurns<T>(steps: Steps<T>, rest: () => Promise<void> | null): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const resting = rest();
    // To wait for nothing takes as long as to look through a small block.
    if (resting !== null) await resting;
  }
}
