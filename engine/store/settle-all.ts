/**
 * Waits until all of the work has ended, well or not: none of it may go on behind a store that was given up, since the
 * next one takes the same file names.
 * @throws what the first that failed threw.
 */
export async function settleAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(work);
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
