/** Binary search of the block that holds a row. @param blocks at least one, by their first rows. @returns its number. */
export function blockAt(blocks: readonly { readonly firstRow: number }[], row: number): number {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (blocks[middle].firstRow <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}
