import { listRules } from './list.ts';
import { logicRules } from './logic.ts';
import { numberRules } from './number.ts';
import type { ScalarRule } from './rule.ts';
import { textRules } from './text.ts';
import { timeRules } from './time.ts';

/** Every scalar that random queries are made of, by its name. */
export const scalars: ReadonlyMap<string, ScalarRule> = new Map(
  [...logicRules, ...numberRules, ...textRules, ...timeRules, ...listRules].map((rule) => [rule.name, rule]),
);
