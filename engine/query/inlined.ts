import { containsAggregate } from './contains-aggregate.ts';
import { outputName } from './output-names.ts';
import type { SelectSyntax } from './syntax.ts';

/** @returns whether a query is one of groups. */
export function isGrouped(query: SelectSyntax): boolean {
  return (
    query.groupBy.length > 0 ||
    query.every !== null ||
    query.having !== null ||
    query.items.some((item) => containsAggregate(item.expr)) ||
    query.orderBy.some((item) => containsAggregate(item.expr))
  );
}

/**
 * @returns whether a query in `from` can be a part of the one around it: it only filters rows and names expressions over
 * them. One that gives another time than that of its rows is asked by itself.
 */
export function isInlined(query: SelectSyntax): boolean {
  const retimed = query.items.some(
    (item) =>
      item.expr.kind !== 'star' &&
      outputName(item) === 'time' &&
      !(item.expr.kind === 'name' && item.expr.name === 'time'),
  );
  return (
    !retimed &&
    !isGrouped(query) &&
    query.limit === null &&
    query.offset === 0 &&
    query.orderBy.length === 0 &&
    query.compare === null
  );
}
