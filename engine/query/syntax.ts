import type { Span } from '../base/errors.ts';
import type { Step } from '../base/duration.ts';
import type { ScalarType } from '../column/types.ts';
import type { Scalar } from '../column/values.ts';

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

export interface OrderItem extends Node {
  readonly expr: Syntax;
  readonly descending: boolean;
}

/** `select` as written; a clause that is not there is null or empty. */
export interface SelectSyntax extends Node {
  readonly kind: 'select';
  readonly items: readonly Item[];
  readonly from: { readonly name: string; readonly span: Span };
  readonly since: Syntax | null;
  readonly until: Syntax | null;
  readonly where: Syntax | null;
  readonly groupBy: readonly Item[];
  readonly every: (Node & { readonly step: Step }) | null;
  readonly having: Syntax | null;
  readonly orderBy: readonly OrderItem[];
  readonly limit: number | null;
  readonly offset: number;
  readonly timezone: (Node & { readonly name: string }) | null;
}
