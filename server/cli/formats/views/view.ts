import type { AnsweredBehaviour, QueryResult } from '../../../../engine/index.ts';
import type { Page } from '../output-format.ts';

/** How an answer of a kind is shown to a person, instead of as a table: one file here and a line in `all.ts`. */
export interface View {
  readonly kind: AnsweredBehaviour['kind'];
  /** Yields lines, none wider than the page where that has room for a line at all; only answers with rows are given. */
  lines(result: QueryResult, page: Page): Iterable<string>;
}
