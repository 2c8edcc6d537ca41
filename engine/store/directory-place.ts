import type { DirectoryPart } from './footer.ts';

/** @returns by binary search the first part that has an entry whose hash's upper word is not below `high`. */
export function firstPartAt(directory: readonly DirectoryPart[], high: number): number {
  let low = 0;
  let top = directory.length;
  while (low < top) {
    const middle = (low + top) >> 1;
    if (directory[middle].hashMax < high) low = middle + 1;
    else top = middle;
  }
  return low;
}

/** @returns the part behind the last one, from `first` on, that has an entry whose hash's upper word is below `high`. */
export function partsEndAt(directory: readonly DirectoryPart[], first: number, high: number): number {
  let end = first;
  while (end < directory.length && directory[end].hashMin < high) end++;
  return end;
}
