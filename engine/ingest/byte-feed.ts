import { isVarveError, VarveError } from '../base/errors.ts';

/** Bytes of a stream, taken in the lengths that its reader asks for. */
export interface ByteFeed {
  /** @returns the next bytes without taking them: `count`, or fewer where the stream ends. */
  peek(count: number): Promise<Uint8Array>;
  /** Takes what `peek` gave, or a part of it. */
  skip(count: number): void;
  /** @returns exactly `count` bytes. @throws VarveError `data_corrupted` where the stream ends before. */
  take(count: number): Promise<Uint8Array>;
  /** Lets go of the stream. */
  close(): Promise<void>;
}

/** @returns the error for compressed bytes that are not what they should be. */
export function damagedStream(why: string): VarveError {
  return new VarveError('data_corrupted', why);
}

const wrongChecksumHint =
  'What is in of it may be wrong in places. Fetch the file again and import it into a table of its own.';

/** @returns the error for bytes that came out other than they went in. */
export function wrongChecksum(why: string): VarveError {
  return new VarveError('data_corrupted', why, { hint: wrongChecksumHint });
}

/** @returns a feed that holds what was asked for and the chunk it came with, no more. */
export function createByteFeed(stream: AsyncIterable<Uint8Array>): ByteFeed {
  const chunks = stream[Symbol.asyncIterator]();
  let bytes = new Uint8Array(0);
  let at = 0;
  let end = 0;
  let ended = false;
  /** The memory is the feed's own, and may be added to. */
  let own = false;
  const fill = async (count: number): Promise<void> => {
    while (end - at < count && !ended) {
      const next = await chunks.next();
      if (next.done === true) ended = true;
      else if (at === end) [bytes, at, end, own] = [next.value as Uint8Array<ArrayBuffer>, 0, next.value.length, false];
      else append(next.value, count);
    }
  };
  const append = (chunk: Uint8Array, count: number): void => {
    const left = end - at;
    if (own && end + chunk.length <= bytes.length) {
      bytes.set(chunk, end);
      end += chunk.length;
      return;
    }
    // Room for all that was asked for at once: a block that comes in many chunks is copied once or twice.
    const joined = new Uint8Array(Math.max(left + chunk.length, Math.min(count, 2 * (left + chunk.length))));
    joined.set(bytes.subarray(at, end));
    joined.set(chunk, left);
    [bytes, at, end, own] = [joined, 0, left + chunk.length, true];
  };
  const feed: ByteFeed = {
    async peek(count) {
      await fill(count);
      return bytes.subarray(at, Math.min(end, at + count));
    },
    skip(count) {
      at += count;
    },
    async take(count) {
      const taken = await feed.peek(count);
      if (taken.length < count) throw damagedStream('unexpected end');
      at += count;
      return taken;
    },
    close: async () => void (await chunks.return?.()),
  };
  return feed;
}

/** Bytes that are held back until their checksum was looked at. */
const heldMax = 4 * 1024 * 1024;

/**
 * Passes on what `bytes` gives once it has ended well, so that nothing comes of a short stretch whose checksum is wrong;
 * of a longer one what goes beyond is passed on as it comes. Where it is cut or damaged otherwise, what came before is
 * given all the same.
 */
export async function* afterCheck(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const held: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of bytes) {
      length += chunk.length;
      if (length <= heldMax) held.push(chunk);
      else {
        yield* held.splice(0);
        yield chunk;
      }
    }
  } catch (error) {
    if (!isVarveError(error) || error.hint !== wrongChecksumHint) yield* held;
    throw error;
  }
  yield* held;
}
