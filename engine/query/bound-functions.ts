/** Registry names that stand for operators and forms, which nobody calls by name. */
const unnamed = /^(cast_|is_null|negate|add_duration|subtract_duration|element)/;

/** @returns whether a query may call what a registry has under that name. */
export function isCalledByName(name: string): boolean {
  return /^[a-z]/.test(name) && !unnamed.test(name);
}

/** What is called like a function and is in no registry: binding makes other parts of the plan of it. */
export const boundFunctions = [
  {
    name: 'count_if',
    kind: 'aggregate',
    summary: 'rows for which a condition is true: count() filter (where …)',
    example: "select count_if(event = 'play') from events",
  },
  {
    name: 'rate',
    kind: 'aggregate',
    summary: 'events per duration, of the bucket or the range: rate(1h)',
    example: 'select rate(1h) from events every 1d',
  },
  {
    name: 'unnest',
    kind: 'function',
    summary: 'in group by: a row counts once for each element of a list',
    example: 'select tag, count() from events group by unnest(tags) as tag',
  },
] as const;
