import type { Span } from '../base/errors.ts';
import type { Step } from '../base/duration.ts';
import type { ScalarType } from '../column/types.ts';
import type { Scalar } from '../column/values.ts';
import type { FunnelSyntax, QuerySyntax } from './syntax-behaviour.ts';

interface Node {
  readonly span: Span;
}

/** An expression as written. A literal is a float where it is written as one (1.0, 1e3). Operators are calls of their registry name. */
export type Syntax =
  | (Node & { readonly kind: 'literal'; readonly value: Scalar; readonly float?: boolean })
  | (Node & { readonly kind: 'duration'; readonly step: Step })
  | (Node & { readonly kind: 'name'; readonly name: string; readonly quoted: boolean })
  | (Node & { readonly kind: 'parameter'; readonly name: string })
  | (Node & { readonly kind: 'star' })
  | (Node & {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Syntax[];
      readonly filter: Syntax | null;
    })
  | (Node & { readonly kind: 'operator'; readonly name: string; readonly args: readonly Syntax[] })
  | (Node & { readonly kind: 'and' | 'or'; readonly args: readonly Syntax[] })
  | (Node & { readonly kind: 'not'; readonly arg: Syntax })
  | (Node & {
      readonly kind: 'between';
      readonly arg: Syntax;
      readonly low: Syntax;
      readonly high: Syntax;
      readonly negated: boolean;
    })
  | (Node & {
      readonly kind: 'in';
      readonly arg: Syntax;
      readonly values: readonly Syntax[];
      readonly negated: boolean;
    })
  | (Node & {
      readonly kind: 'in_query';
      readonly arg: Syntax;
      readonly query: SelectSyntax;
      readonly negated: boolean;
    })
  | (Node & {
      readonly kind: 'like';
      readonly name: 'like' | 'ilike';
      readonly args: readonly Syntax[];
      readonly negated: boolean;
    })
  | (Node & { readonly kind: 'is_null'; readonly arg: Syntax; readonly negated: boolean })
  | (Node & {
      readonly kind: 'case';
      readonly subject: Syntax | null;
      readonly branches: readonly { readonly when: Syntax; readonly then: Syntax }[];
      readonly otherwise: Syntax | null;
    })
  | (Node & { readonly kind: 'cast'; readonly arg: Syntax; readonly to: ScalarType })
  | (Node & { readonly kind: 'element'; readonly list: Syntax; readonly place: Syntax });

export interface Item extends Node {
  readonly expr: Syntax;
  readonly alias: string | null;
}

/** A group key; `top`: only so many of its values, the largest by the first measure; `others`: and one row for the rest. */
export interface GroupItem extends Item {
  readonly top: number | null;
  readonly others: boolean;
}

export interface OrderItem extends Node {
  readonly expr: Syntax;
  readonly descending: boolean;
}

/** A duration as a clause gives it. */
export interface StepSyntax extends Node {
  readonly step: Step;
}

/** A named argument of `sessions` and `actors` that is an aggregate: a column of the rows made. */
export interface NamedAggregate extends Node {
  readonly name: string;
  readonly expr: Syntax;
}

/** Where rows come from: a table or a defined query by its name, a query in brackets, or actors' lives cut into rows. */
export type SourceSyntax =
  | (Node & { readonly kind: 'table'; readonly name: string })
  | (Node & { readonly kind: 'query'; readonly query: QuerySyntax })
  | (Node & {
      readonly kind: 'sessions';
      readonly source: SourceSyntax;
      readonly gap: StepSyntax;
      readonly per: Syntax | null;
      readonly starting: Syntax | null;
      readonly ending: Syntax | null;
      readonly aggregates: readonly NamedAggregate[];
    })
  | (Node & {
      readonly kind: 'actors';
      readonly source: SourceSyntax;
      readonly per: Syntax | null;
      readonly aggregates: readonly NamedAggregate[];
    });

/** `select` as written; a clause that is not there is null or empty. */
export interface SelectSyntax extends Node {
  readonly kind: 'select';
  readonly items: readonly Item[];
  readonly from: readonly SourceSyntax[];
  readonly since: Syntax | null;
  readonly until: Syntax | null;
  readonly where: Syntax | null;
  readonly groupBy: readonly GroupItem[];
  readonly every: StepSyntax | null;
  /** Goes with `every`. */
  readonly trailing: StepSyntax | null;
  readonly having: Syntax | null;
  readonly orderBy: readonly OrderItem[];
  readonly limit: number | null;
  readonly offset: number;
  readonly compare: StepSyntax | null;
  readonly timezone: (Node & { readonly name: string }) | null;
}

/** Whatever may be asked: a query, or a statement about queries and tables. */
export type Statement =
  | QuerySyntax
  | (Node & { readonly kind: 'define'; readonly name: string; readonly query: QuerySyntax })
  | (Node & { readonly kind: 'drop'; readonly name: string })
  | (Node & { readonly kind: 'explain'; readonly analyze: boolean; readonly query: QuerySyntax })
  | (Node & { readonly kind: 'explain_actor'; readonly query: FunnelSyntax; readonly actor: string })
  | (Node & { readonly kind: 'show_tables' })
  | (Node & { readonly kind: 'show_columns'; readonly table: string; readonly like: string | null })
  | (Node & { readonly kind: 'show_values'; readonly column: string; readonly table: string })
  | (Node & { readonly kind: 'describe'; readonly table: string });
