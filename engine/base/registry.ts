import { VarveError } from './errors.ts';

/** A member of a family that is looked up by name. */
export interface Named {
  readonly name: string;
  readonly aliases?: readonly string[];
}

/**
 * Makes the checked map of a family from the namespace object of its `all.ts`.
 * @param family what the members are, for the message ("aggregate").
 * @throws VarveError `internal` when two members claim one name or alias.
 */
export function createRegistry<M extends Named>(
  family: string,
  members: Readonly<Record<string, M>>,
): ReadonlyMap<string, M> {
  const map = new Map<string, M>();
  for (const member of Object.values(members)) {
    for (const name of [member.name, ...(member.aliases ?? [])]) {
      if (map.has(name)) throw new VarveError('internal', `BUG: two members of ${family} are named "${name}"`);
      map.set(name, member);
    }
  }
  return map;
}
