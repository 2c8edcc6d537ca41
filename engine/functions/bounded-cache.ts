/** A map that lets go of what was put in first once it is full. */
export interface BoundedCache<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
}

/** @param most how many entries it holds. */
export function createBoundedCache<K, V>(most: number): BoundedCache<K, V> {
  const entries = new Map<K, V>();
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      if (entries.size >= most && !entries.has(key)) entries.delete(entries.keys().next().value as K);
      entries.set(key, value);
    },
  };
}
