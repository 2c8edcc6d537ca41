/** The twin of hashTexts over views of the whole memory; positions are indexes into them. */
export declare function hashTexts(bytes: Uint8Array, bytesFrom: number, words: Uint32Array, offsets: number, count: number, seed: number, out: number): void;
