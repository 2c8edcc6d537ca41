import { enlarged } from './enlarged.ts';
import { bytesOfColumn, type KeyColumn, type KeyStore } from './key-store.ts';
import { stepRows, type Steps } from './steps.ts';

/**
 * A key of a task's groups on its way to whoever merges: codes of the sender's store, which keep from task to task, and
 * the values of those that it sends for the first time. Plain data.
 */
export interface SentKeys {
  readonly codes: Uint32Array;
  readonly fresh: Uint32Array;
  /** Of `fresh`. */
  readonly values: KeyColumn;
}

/** Sends codes of one key to one receiver, who takes what is sent in its order. */
export interface KeySender {
  send(codes: Uint32Array): SentKeys;
  /** Bytes that it holds. */
  readonly bytes: number;
}

/** Makes what sends a store's codes. */
export function createKeySender(store: KeyStore): KeySender {
  let isSent = new Uint8Array(1024);
  return {
    send(codes) {
      if (store.count >= isSent.length)
        isSent = enlarged(isSent, new Uint8Array(Math.max(store.count + 1, 2 * isSent.length)));
      isSent[0] = 1;
      const fresh = freshOf(codes, isSent);
      return { codes, fresh, values: store.columnOf(fresh) };
    },
    get bytes() {
      return isSent.byteLength;
    },
  };
}

/** @returns the codes that are not sent yet, in the order of their first appearance; from now on they are. */
function freshOf(codes: Uint32Array, isSent: Uint8Array): Uint32Array {
  let first = 0;
  while (first < codes.length && isSent[codes[first]] === 1) first++;
  if (first === codes.length) return new Uint32Array(0);
  const fresh = new Uint32Array(codes.length - first);
  let count = 0;
  for (let i = first; i < codes.length; i++) {
    if (isSent[codes[i]] === 1) continue;
    isSent[codes[i]] = 1;
    fresh[count++] = codes[i];
  }
  return fresh.slice(0, count);
}

/** Makes what sends codes that last for one task: the values of all of them go along. */
export function createTaskSender(store: KeyStore): KeySender {
  return {
    send(codes) {
      const isSent = new Uint8Array(store.count + 1);
      isSent[0] = 1;
      const fresh = codes.filter((code) => {
        const first = isSent[code] === 0;
        isSent[code] = 1;
        return first;
      });
      return { codes, fresh, values: store.columnOf(fresh) };
    },
    bytes: 0,
  };
}

/** Takes what one sender sends of one key. */
export interface KeyReceiver {
  /** @returns the receiving store's code of each group. */
  take(sent: SentKeys): Steps<Uint32Array>;
  readonly bytes: number;
}

/** Makes what takes a sender's codes as those of a store. */
export function createKeyReceiver(store: KeyStore): KeyReceiver {
  // By the sender's code; that of null is the same everywhere.
  let own = new Uint32Array(64);
  return {
    *take({ codes, fresh, values }) {
      const found = new Uint32Array(fresh.length);
      if (fresh.length > 0) yield* store.codesOfColumn(values, found);
      let most = 0;
      for (let i = 0; i < fresh.length; i++) if (fresh[i] > most) most = fresh[i];
      if (most >= own.length) own = enlarged(own, new Uint32Array(Math.max(most + 1, 2 * own.length)));
      for (let i = 0; i < fresh.length; i++) own[fresh[i]] = found[i];
      const out = new Uint32Array(codes.length);
      for (let from = 0; from < out.length; from += stepRows) {
        if (from > 0) yield;
        translate(own, codes, from, Math.min(out.length, from + stepRows), out);
      }
      return out;
    },
    get bytes() {
      return own.byteLength;
    },
  };
}

function translate(own: Uint32Array, codes: Uint32Array, from: number, to: number, out: Uint32Array): void {
  for (let group = from; group < to; group++) out[group] = own[codes[group]];
}

/** @returns the bytes of what is sent. */
export function bytesOfSent({ codes, fresh, values }: SentKeys): number {
  return codes.byteLength + fresh.byteLength + bytesOfColumn(values);
}
