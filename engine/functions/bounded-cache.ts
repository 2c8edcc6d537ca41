/** A map by texts that lets go of what was put in first once it is full. */
export interface BoundedCache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/**
 * @param most how many entries it holds.
 * @param charactersMost how long its keys are together: they come out of data and queries, and may be of any length. A
 * longer one is not kept at all.
 */
export function createBoundedCache<V>(most: number, charactersMost: number): BoundedCache<V> {
  const entries = new Map<string, V>();
  let characters = 0;
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      if (key.length > charactersMost) return;
      if (!entries.has(key)) characters += key.length;
      entries.set(key, value);
      for (const first of entries.keys()) {
        if (entries.size <= most && characters <= charactersMost) break;
        entries.delete(first);
        characters -= first.length;
      }
    },
  };
}
