/** @returns the name, with `_2` or a higher number where it is taken. */
export function uniqueName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`;
  return name;
}

/** Names items one after another: a second of one name gets `_2`, a third `_3`. */
export function uniquelyNamed<T extends { readonly name: string }>(items: readonly T[]): T[] {
  const taken = new Set<string>();
  return items.map((item) => {
    const name = uniqueName(item.name, taken);
    taken.add(name);
    return { ...item, name };
  });
}
