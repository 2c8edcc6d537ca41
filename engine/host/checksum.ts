import { crc32 } from 'node:zlib';

/** CRC-32 (zlib's) of bytes, continued from `start`: the checksum of everything on disk. */
export function checksum(bytes: Uint8Array, start = 0): number {
  return crc32(bytes, start);
}
