import { VarveError } from '../base/errors.ts';
import { checksum } from '../host/checksum.ts';

/*
 * The first bytes of a log file, a manifest and a key file:
 *
 *    0  u32  magic: "VLOG", "VMAN", "VKEY"
 *    4  u32  format version
 *    8  u32  number of the file
 *   12  u32  checksum of bytes 0 … 11
 */
export const fileHeaderBytes = 16;

const magics = { log: 0x474f4c56, manifest: 0x4e414d56, keys: 0x59454b56 } as const;

/** The kinds of files that begin so. */
export type HeadedFile = keyof typeof magics;

/** Version of each format: one for all, since they are read together. */
export const storeVersion = 1;

/** @returns a file's first bytes. */
export function encodeFileHeader(kind: HeadedFile, number: number): Uint8Array {
  const bytes = new Uint8Array(fileHeaderBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magics[kind], true);
  view.setUint32(4, storeVersion, true);
  view.setUint32(8, number, true);
  view.setUint32(12, checksum(bytes.subarray(0, 12)), true);
  return bytes;
}

/**
 * @returns whether `bytes` begin with the header of that file; false when it is damaged or cut.
 * @throws VarveError `unsupported_version` for a file of a newer format.
 */
export function hasFileHeader(path: string, bytes: Uint8Array, kind: HeadedFile, number: number): boolean {
  if (bytes.length < fileHeaderBytes) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, fileHeaderBytes);
  if (view.getUint32(0, true) !== magics[kind]) return false;
  if (view.getUint32(12, true) !== checksum(bytes.subarray(0, 12))) return false;
  const version = view.getUint32(4, true);
  if (version !== storeVersion)
    throw new VarveError('unsupported_version', `"${path}" has format ${version}, this is ${storeVersion}.`, {
      hint: 'Open the store with the version of varve that wrote it, or a newer one.',
    });
  return view.getUint32(8, true) === number;
}
