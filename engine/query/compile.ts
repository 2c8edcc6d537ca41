import type { TableSchema } from '../column/schema.ts';
import type { Scalar } from '../column/values.ts';
import { VarveError } from '../base/errors.ts';
import type { BehaviourPlan } from '../plan/behaviour.ts';
import type { SelectPlan } from '../plan/select.ts';
import { bindBehaviour } from './bind-behaviour.ts';
import { bindInline, bindSelect } from './bind-select.ts';
import { bindFrom } from './bind-sources.ts';
import { parseQuery } from './parse.ts';
import { pruned } from './prune-outputs.ts';
import type { QueryEnvironment } from './query-environment.ts';
import type { StoryPlan } from '../plan/story.ts';
import { bindStory } from './bind-story.ts';
import type { FunnelSyntax, QuerySyntax } from './syntax-behaviour.ts';

/** What a query is compiled against. `now` is UTC ms; `timezone` holds unless the query says one. */
export interface CompileOptions {
  readonly schemas: ReadonlyMap<string, TableSchema>;
  /** The texts of defined queries by name; a table of the same name wins. */
  readonly definitions?: ReadonlyMap<string, string> | undefined;
  readonly params: Readonly<Record<string, Scalar>>;
  readonly now: number;
  readonly timezone: string;
  /** Takes sentences about what is right, and hardly meant; one may come several times. */
  readonly warn?: ((sentence: string) => void) | undefined;
}

/**
 * Compiles a query, as text or as the tree that a text makes, to a plan.
 * @throws VarveError with the place in the text: `syntax`, `unknown_table`, `unknown_column`, `unknown_function`, `type`, `usage`, `limit`.
 */
export function compileQuestion(query: string | QuerySyntax, options: CompileOptions): SelectPlan | BehaviourPlan {
  const tree = typeof query === 'string' ? parseQuery(query) : query;
  const environment = environmentOf(options);
  return tree.kind === 'select' ? pruned(bindSelect(tree, environment).plan) : bindBehaviour(tree, environment);
}

/** Compiles `explain funnel … for ACTOR`. @param actor its canonical text. @throws VarveError as `compileQuestion`. */
export function compileStory(query: FunnelSyntax, actor: string, options: CompileOptions): StoryPlan {
  return bindStory(query, actor, environmentOf(options));
}

/**
 * Compiles a select.
 * @throws VarveError as `compileQuestion`, and `usage` for a question about behaviour.
 */
export function compileQuery(query: string | QuerySyntax, options: CompileOptions): SelectPlan {
  const plan = compileQuestion(query, options);
  if (plan.kind === 'events' || plan.kind === 'grouped') return plan;
  throw new VarveError('usage', `A select is wanted here, not ${plan.kind}.`);
}

function environmentOf(options: CompileOptions): QueryEnvironment {
  const { schemas, definitions = new Map<string, string>(), params, now, timezone, warn = ignored } = options;
  const binders = { select: bindSelect, behaviour: bindBehaviour, inline: bindInline, from: bindFrom };
  return { schemas, definitions, params, now, timezone, open: [], opened: { count: 0 }, warn, binders };
}

function ignored(): void {
  // Whoever compiles only to see that it goes has no use for warnings.
}
