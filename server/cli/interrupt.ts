/**
 * Runs something that Ctrl-C calls off by its signal, so that it can put things in order; a second Ctrl-C ends the
 * process as ever.
 */
export async function interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  process.once('SIGINT', onInterrupt);
  try {
    return await run(stop.signal);
  } finally {
    process.removeListener('SIGINT', onInterrupt);
  }
}
