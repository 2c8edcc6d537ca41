/** The twin of gatherU8, gatherU16 and gatherU32; positions are indexes into views of the whole memory. */
export function gather(values, from, rows, rowsFrom, count, to) {
    for (let i = 0; i < count; i++)
        values[to + i] = values[from + rows[rowsFrom + i]];
}
//# sourceMappingURL=gather.js.map