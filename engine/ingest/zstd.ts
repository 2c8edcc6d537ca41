import { VarveError } from '../base/errors.ts';
import { createHash64, type StreamedHash64 } from '../base/hash64.ts';
import { blockBytesMax, createZstdFrame, inflateBlock } from './zstd-block.ts';
import { afterCheck, createByteFeed, damagedStream, wrongChecksum, type ByteFeed } from './byte-feed.ts';

const magic = 0xfd2fb528;
/** The first of sixteen magic numbers of frames that hold no data. */
const skippableMagic = 0x184d2a50;
/** What has to be remembered to read a frame; larger windows are made only when asked for (`zstd --long=28` and beyond). */
const windowBytesMax = 128 * 1024 * 1024;

/** What a frame says of itself; see RFC 8878, section 3.1.1. */
interface FrameHeader {
  readonly windowBytes: number;
  readonly checksum: boolean;
  /** Bytes that it inflates to; null where it does not say so. */
  readonly contentBytes: number | null;
}

/**
 * Inflates Zstandard frames one after another, block by block, so that no more than a block waits to be taken. What
 * frames say of length and checksum is held against what came out.
 * @throws VarveError `usage` for what wants more memory than is given, or a dictionary; `data_corrupted`
 * where the stream is damaged or cut.
 */
export async function* zstdBytes(name: string, stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const feed = createByteFeed(stream);
  try {
    while ((await feed.peek(1)).length > 0) {
      const number = wordAt(await feed.peek(4), 0);
      if (number >>> 4 === skippableMagic >>> 4) await skipFrame(feed);
      else if (number === magic) yield* afterCheck(frameBytes(name, feed));
      else throw damagedStream('what follows is no zstd frame');
    }
  } finally {
    await feed.close();
  }
}

async function* frameBytes(name: string, feed: ByteFeed): AsyncGenerator<Uint8Array> {
  const header = await readHeader(name, feed);
  const frame = createZstdFrame(header.windowBytes);
  const hash = header.checksum ? createHash64() : null;
  let total = 0;
  for (let last = false; !last;) {
    const block = await readBlock(feed);
    last = (block[0] & 1) === 1;
    const bytes = inflateBlock(frame, block);
    if (bytes.length === 0) continue;
    total += bytes.length;
    hash?.update(bytes);
    yield bytes;
  }
  await checkFrame(feed, header, total, hash);
}

async function skipFrame(feed: ByteFeed): Promise<void> {
  for (let left = wordAt(await feed.take(8), 4); left > 0;) left -= (await feed.take(Math.min(left, 65_536))).length;
}

async function readHeader(name: string, feed: ByteFeed): Promise<FrameHeader> {
  const descriptor = (await feed.peek(5))[4] ?? 0;
  const single = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3];
  const lengthBytes = descriptor >>> 6 === 0 ? (single ? 1 : 0) : 1 << (descriptor >>> 6);
  const bytes = (await feed.take(5 + (single ? 0 : 1) + dictionaryBytes + lengthBytes)).slice();
  const lengthAt = bytes.length - lengthBytes;
  let contentBytes = lengthBytes === 2 ? 256 : 0;
  for (let index = 0; index < lengthBytes; index++) contentBytes += bytes[lengthAt + index] * 256 ** index;
  const exponent = bytes[5] >>> 3;
  const windowBytes = single ? contentBytes : 2 ** (10 + exponent) * (1 + (bytes[5] & 7) / 8);
  if (windowBytes > windowBytesMax)
    throw new VarveError(
      'usage',
      `"${name}" wants ${windowBytes} bytes to be inflated, at most ${windowBytesMax} are given.`,
      {
        hint: 'Inflate it on the way: zstd -dc --long=31 FILE | varve import -.',
      },
    );
  if (bytes.subarray(lengthAt - dictionaryBytes, lengthAt).some((byte) => byte !== 0))
    throw new VarveError('usage', `"${name}" was compressed with a dictionary of its own.`, {
      hint: 'Inflate it on the way: zstd -dc -D DICTIONARY FILE | varve import -.',
    });
  return { windowBytes, checksum: (descriptor & 4) !== 0, contentBytes: lengthBytes === 0 ? null : contentBytes };
}

/** @returns a block with its header. */
async function readBlock(feed: ByteFeed): Promise<Uint8Array> {
  const header = await feed.peek(3);
  const word = header[0] | (header[1] << 8) | (header[2] << 16);
  const kind = (word >>> 1) & 3;
  const size = word >>> 3;
  if (header.length === 3 && (kind === 3 || size > blockBytesMax)) throw damagedStream('a block is not of its kind');
  const block = await feed.take(3 + (kind === 1 ? 1 : header.length < 3 ? 0 : size));
  return block;
}

async function checkFrame(
  feed: ByteFeed,
  { checksum, contentBytes }: FrameHeader,
  total: number,
  hash: StreamedHash64 | null,
): Promise<void> {
  if (contentBytes !== null && contentBytes !== total)
    throw wrongChecksum(`a frame of ${contentBytes} bytes inflates to ${total}`);
  if (checksum && wordAt(await feed.take(4), 0) !== hash?.low()) throw wrongChecksum('its checksum does not match');
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}
