import { afterCheck, createByteFeed, damagedStream, wrongChecksum, type ByteFeed } from './byte-feed.ts';
import { bitsOf, readBlock, type BitSource, type BlockRoom } from './bunzip2-block.ts';

const outBytes = 256 * 1024;
/** What a block of 100,000 bytes takes at most, compressed: those that do not shrink grow by a hundredth, and its tables. */
const blockBytesMax = 105_000;
const tableBytesMax = 30_000;

/**
 * Inflates bzip2 streams one after another, block by block; of a block, which may inflate to 46 MB, a piece at a time is
 * made. Checksums of blocks and streams are held against what came out.
 * @throws VarveError `data_corrupted` where the stream is damaged or cut.
 */
export async function* bzip2Bytes(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const feed = createByteFeed(stream);
  try {
    while ((await feed.peek(1)).length > 0) {
      const header = await feed.take(4);
      const level = header[3] - 48;
      if (header[0] !== 0x42 || header[1] !== 0x5a || header[2] !== 0x68 || level < 1 || level > 9)
        throw damagedStream('what follows is no bzip2 stream');
      yield* oneStream(feed, level);
    }
  } finally {
    await feed.close();
  }
}

async function* oneStream(feed: ByteFeed, level: number): AsyncGenerator<Uint8Array> {
  const room: BlockRoom = { text: new Uint32Array(100_000 * level), length: 0, first: 0 };
  const longest = blockBytesMax * level + tableBytesMax;
  let sum = 0;
  // Blocks end inside a byte: what is left of it belongs to the next.
  let word = 0;
  let count = 0;
  for (;;) {
    const bytes = await feed.peek(longest);
    const source: BitSource = { bytes, at: 0, word, count, ended: false };
    let crc: number;
    try {
      const magic = bitsOf(source, 24) * 2 ** 24 + bitsOf(source, 24);
      crc = ((bitsOf(source, 16) << 16) | bitsOf(source, 16)) >>> 0;
      if (magic === 0x177245385090) {
        if (crc !== sum) throw wrongChecksum('its checksum does not match');
        feed.skip(source.at);
        return;
      }
      if (magic !== 0x314159265359) throw damagedStream('a block is damaged: its beginning');
      readBlock(source, room);
    } catch (error) {
      if (source.ended && bytes.length >= longest) throw damagedStream('a block is damaged: it has no end');
      throw error;
    }
    yield* afterCheck(checkedText(room, crc));
    sum = (((sum << 1) | (sum >>> 31)) ^ crc) >>> 0;
    feed.skip(source.at);
    ({ word, count } = source);
  }
}

async function* checkedText(room: BlockRoom, crc: number): AsyncGenerator<Uint8Array> {
  const own = yield* textOf(room);
  if (own !== crc) throw wrongChecksum('the checksum of a block does not match');
}

/** The block's text; a fifth byte after four that are alike tells how many more there are. @returns its checksum. */
function* textOf({ text, length, first }: BlockRoom): Generator<Uint8Array, number> {
  const table = crcTable();
  let crc = 0xffffffff;
  let at = first;
  let left = length;
  let alike = 0;
  let before = -1;
  while (left > 0) {
    const out = new Uint8Array(outBytes);
    let filled = 0;
    while (left > 0 && filled < outBytes - 256) {
      const entry = text[at];
      const byte = entry & 0xff;
      at = entry >>> 8;
      left--;
      if (alike === 4) {
        for (let more = 0; more < byte; more++) {
          out[filled++] = before;
          crc = (crc << 8) ^ table[((crc >>> 24) ^ before) & 0xff];
        }
        alike = 0;
        before = -1;
        continue;
      }
      alike = byte === before ? alike + 1 : 1;
      before = byte;
      out[filled++] = byte;
      crc = (crc << 8) ^ table[((crc >>> 24) ^ byte) & 0xff];
    }
    yield out.subarray(0, filled);
  }
  return ~crc >>> 0;
}

let crcs: Int32Array | null = null;

/** CRC-32 of the polynomial 0x04c11db7, the highest bit first. */
function crcTable(): Int32Array {
  crcs ??= Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
    return crc;
  });
  return crcs;
}
