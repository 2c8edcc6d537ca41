import { VarveError } from '../base/errors.ts';

/** What can call a query off while it runs. */
export interface CallOffOptions {
  readonly signal?: AbortSignal | undefined;
  /** The most ms that the query may take. */
  readonly timeoutMs?: number | undefined;
  /** Runs an action later; @returns what calls it off. Needed for a time limit. */
  readonly after?: ((delayMs: number, action: () => void) => () => void) | undefined;
  /** Lets what waits for this thread have its turn. */
  readonly yield?: (() => Promise<void>) | undefined;
  /** ms on a clock that only goes forward. */
  readonly monotonic?: (() => number) | undefined;
}

/** Watches over one query: by its signal, and by the time it may take. */
export interface CallOff {
  /** In a SharedArrayBuffer; not 0 once the query was called off. */
  readonly flag: Int32Array;
  /** Rejects once the query is called off; never resolves. */
  readonly calledOff: Promise<never>;
  /** @throws VarveError `cancelled` or `timeout` once the query was called off, or its time is over. */
  check(): void;
  /** Lets this thread do other things where it was held for long, so that a signal can fire; null = it was not. Checks. */
  turn(): Promise<void> | null;
  /** Ends the query with this error, if nothing has yet. */
  fail(error: unknown): void;
  /** Stops watching. */
  end(): void;
}

/** @returns what is called off with the query around it, and ends by itself without ending that. */
export function partOf(around: CallOff): CallOff {
  const own = watchOver({});
  around.calledOff.catch(own.fail);
  const check = (): void => {
    around.check();
    own.check();
  };
  return {
    ...own,
    check,
    turn() {
      check();
      return around.turn();
    },
  };
}

/** How long the calling thread works without looking up. */
const turnMs = 20;

/** Begins to watch over a query. */
export function watchOver({ signal, timeoutMs, after, yield: giveWay, monotonic }: CallOffOptions): CallOff {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const started = monotonic?.() ?? 0;
  const deadline = timeoutMs === undefined ? Infinity : started + timeoutMs;
  let failure: { readonly error: unknown } | null = null;
  let reject: (error: unknown) => void = () => undefined;
  const calledOff = new Promise<never>((_resolve, rejected) => (reject = rejected));
  // Whoever runs the query hears of it by `check` as well.
  calledOff.catch(() => undefined);
  const fail = (error: unknown): void => {
    failure ??= { error };
    Atomics.store(flag, 0, 1);
    reject(failure.error);
  };
  const abort = (): void => fail(new VarveError('cancelled', 'The query was called off.'));
  const timeout = (): void =>
    fail(
      new VarveError('timeout', `The query took longer than ${timeoutMs} ms.`, {
        hint: 'Narrow the range with since, until and where, or give it more time.',
      }),
    );
  if (signal?.aborted === true) fail(new VarveError('cancelled', 'The query was called off before it began.'));
  signal?.addEventListener('abort', abort);
  const callOffTimer = timeoutMs === undefined ? undefined : after?.(timeoutMs, timeout);
  const check = (): void => {
    if (deadline !== Infinity && failure === null && monotonic !== undefined && monotonic() >= deadline) timeout();
    if (failure !== null) throw failure.error;
  };
  let looked = started;
  const rest = async (wait: () => Promise<void>): Promise<void> => {
    await wait();
    looked = monotonic?.() ?? 0;
    check();
  };
  return {
    flag,
    calledOff,
    check,
    turn() {
      const now = monotonic?.() ?? Infinity;
      if (giveWay !== undefined && now - looked >= turnMs) return rest(giveWay);
      check();
      return null;
    },
    fail,
    end() {
      signal?.removeEventListener('abort', abort);
      callOffTimer?.();
    },
  };
}
