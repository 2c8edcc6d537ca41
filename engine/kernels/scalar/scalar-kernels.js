import { unpack } from "./decode.js";
import { filter } from "./filter.js";
import { maxFloat, maxWord, minFloat, minWord, sumFloats, sumWords } from "./fold.js";
import { gather } from "./gather.js";
import { countGroups } from "./group.js";
import { hashTexts } from "./hash.js";
import { decodeLz4Block } from "./lz4.js";
import { viewsOf } from "./views.js";
/** @returns the kernels in TypeScript over this memory: the reference, and what runs where WebAssembly SIMD does not. */
export function createScalarKernels(memory) {
    const views = viewsOf(memory);
    return {
        kind: 'scalar',
        filterU8: (comparison, values, count, constant, bitmap) => filter(comparison, views().u8, values, count, constant, views().u8, bitmap),
        filterU16: (comparison, values, count, constant, bitmap) => filter(comparison, views().u16, values / 2, count, constant, views().u8, bitmap),
        filterU32: (comparison, values, count, constant, bitmap) => filter(comparison, views().u32, values / 4, count, constant, views().u8, bitmap),
        sumF64: (values, count) => sumFloats(views().f64, values / 8, count),
        minF64: (values, count) => minFloat(views().f64, values / 8, count),
        maxF64: (values, count) => maxFloat(views().f64, values / 8, count),
        sumU32: (values, count) => sumWords(views().u32, values / 4, count),
        minU32: (values, count) => minWord(views().u32, values / 4, count),
        maxU32: (values, count) => maxWord(views().u32, values / 4, count),
        gatherU8: (from, rows, count, out) => gather(views().u8, from, views().u32, rows / 4, count, out),
        gatherU16: (from, rows, count, out) => gather(views().u16, from / 2, views().u32, rows / 4, count, out / 2),
        gatherU32: (from, rows, count, out) => gather(views().u32, from / 4, views().u32, rows / 4, count, out / 4),
        unpackU8: (packed, bits, count, out) => unpack(views().u8, packed, bits, count, views().u8, out),
        unpackU16: (packed, bits, count, out) => unpack(views().u8, packed, bits, count, views().u16, out / 2),
        unpackU32: (packed, bits, count, out) => unpack(views().u8, packed, bits, count, views().u32, out / 4),
        hashTexts: (bytes, offsets, count, seed, out) => hashTexts(views().u8, bytes, views().u32, offsets / 4, count, seed, out / 4),
        countGroupsU8: (codes, count, counts) => countGroups(views().u8, codes, count, views().u32, counts / 4),
        countGroupsU16: (codes, count, counts) => countGroups(views().u16, codes / 2, count, views().u32, counts / 4),
        decodeLz4: (source, sourceBytes, target, targetBytes) => decodeLz4Block(views().u8, source, sourceBytes, views().u8, target, targetBytes),
    };
}
//# sourceMappingURL=scalar-kernels.js.map