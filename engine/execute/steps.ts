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

/** @returns what the work makes; `rest` is awaited at every place where it may rest, and ends it by throwing. */
export async function doInTurns<T>(steps: Steps<T>, rest: () => Promise<void>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await rest();
  }
}
