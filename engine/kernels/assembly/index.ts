export { filterU8, filterU16, filterU32 } from './filter';
export { sumF64, minF64, maxF64, sumU32, minU32, maxU32 } from './fold';
export { gatherU8, gatherU16, gatherU32 } from './gather';
export { unpackU8, unpackU16, unpackU32 } from './decode';
export { hashTexts } from './hash';
export { countGroupsU8, countGroupsU16 } from './group';
export { decodeLz4 } from './lz4';
