/** Knows the `most` least of the numbers that it was given. */
export interface LeastKeys {
  add(key: number): void;
  /** The greatest of them; Infinity until there are so many. */
  readonly bound: number;
}

/** Keeps the least numbers in a heap, the greatest of them at its top. */
export function createLeastKeys(most: number): LeastKeys {
  const heap = new Float64Array(most);
  let count = 0;
  return {
    add(key) {
      if (count < most) {
        let at = count++;
        for (let above = (at - 1) >> 1; at > 0 && heap[above] < key; above = (at - 1) >> 1) {
          heap[at] = heap[above];
          at = above;
        }
        heap[at] = key;
      } else if (key < heap[0]) {
        let at = 0;
        for (let below = 1; below < most; below = 2 * at + 1) {
          if (below + 1 < most && heap[below + 1] > heap[below]) below++;
          if (heap[below] <= key) break;
          heap[at] = heap[below];
          at = below;
        }
        heap[at] = key;
      }
    },
    get bound() {
      return count < most || most === 0 ? Infinity : heap[0];
    },
  };
}
