import type { Expr } from '../plan/expr.ts';
import type { BindContext, BoundSubquery } from './bind-context.ts';
import { printName } from './names.ts';
import { actorNames, findName, isActor } from './scope.ts';
import type { Syntax } from './syntax.ts';

/**
 * Says where `in (select …)` compares the actor with another column though the query could select the actor's, or,
 * where rows are followed by their actor, another column with actors.
 */
export function warnOfOthers(
  { arg: node }: { readonly arg: Syntax },
  arg: Expr,
  found: BoundSubquery,
  context: BindContext,
): void {
  const own = context.origin(arg);
  const { origin } = found;
  // Of what is computed nobody knows what it is an id of.
  if (node.kind !== 'name' || !isColumn(own) || !isColumn(origin)) return;
  const ofActor = isActor(own, context.scope);
  if (ofActor === found.isActor || (!ofActor && context.followed !== true)) return;
  if (findName(found.scope, node.name) === undefined) return;
  const names = found.isActor ? actorNames(found.scope) : ofActor ? actorNames(context.scope) : [];
  const mean = found.isActor ? node.name : origin.kind === 'column' ? origin.name : found.name;
  if (names.includes(mean) || found.name === node.name) return;
  const [mine, its] = [printName(node.name), printName(found.name)];
  const compared = `${mine} in (select ${its} …) compares two columns`;
  context.warn(
    ofActor
      ? `${compared}, and ${mine} is the actor: a cohort of actors is ${mine} in (select ${mine} from …).`
      : `${compared}, and ${its} is an actor: a cohort of ${mine} is per ${mine} … where ${mine} in (select ${mine} from …).`,
  );
}

function isColumn({ kind }: Expr): boolean {
  return kind === 'column' || kind === 'actor';
}
