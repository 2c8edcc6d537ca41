/** What the engine knows, by the switches of scalars, aggregates and clauses. */
export const features: ReadonlySet<string> = new Set<string>([
  'regex',
  'first',
  'any',
  'topk',
  'quantile',
  'stddev',
  'uniq_approx',
  'unnest',
  'in_query',
  'sources',
  'queries',
  'lives',
  'top',
  'trailing',
  'compare',
]);
