import { hash64 } from "../../base/hash64.js";
/** The twin of hashTexts over views of the whole memory; positions are indexes into them. */
export function hashTexts(bytes, bytesFrom, words, offsets, count, seed, out) {
    for (let i = 0; i < count; i++) {
        hash64(bytes, bytesFrom + words[offsets + i], bytesFrom + words[offsets + i + 1], seed, words, out + 2 * i);
    }
}
//# sourceMappingURL=hash.js.map