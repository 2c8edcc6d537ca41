/** The twin of countGroupsU8 and countGroupsU16 over views of the whole memory; positions are indexes into them. */
export function countGroups(codes, from, count, counts, countsFrom) {
    for (let i = from; i < from + count; i++)
        counts[countsFrom + codes[i]]++;
}
//# sourceMappingURL=group.js.map