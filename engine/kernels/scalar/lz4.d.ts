/**
 * The twin of decodeLz4, over any bytes. Never reads or writes beyond what is named.
 * Source: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 * @returns the bytes written, or -1 when the block is malformed or does not fit.
 */
export declare function decodeLz4Block(source: Uint8Array, from: number, sourceBytes: number, target: Uint8Array, to: number, targetBytes: number): number;
