/** The twin of countGroupsU8 and countGroupsU16 over views of the whole memory; positions are indexes into them. */
export declare function countGroups(codes: Uint8Array | Uint16Array, from: number, count: number, counts: Uint32Array, countsFrom: number): void;
