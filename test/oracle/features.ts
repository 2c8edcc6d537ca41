/** What the engine knows, by the switches of scalars, aggregates and clauses. */
export const features: ReadonlySet<string> = new Set<string>([]);
