import { isTimeZone } from '../base/time-zone.ts';
import { VarveError } from '../base/errors.ts';
import type { TableSchema } from '../column/schema.ts';
import type { Scalar } from '../column/values.ts';
import type { BehaviourPlan } from '../plan/behaviour.ts';
import type { OutputColumn, SelectPlan } from '../plan/select.ts';
import type { Scope } from './scope.ts';
import type { BehaviourSyntax } from './syntax-behaviour.ts';
import type { SelectSyntax, SourceSyntax } from './syntax.ts';

/** A column that a bound query gives to the query around it. */
export interface GivenColumn extends OutputColumn {
  readonly wide: boolean;
}

/** A `select` bound by itself, and what the query around it may know of it. */
export interface BoundSelect {
  readonly plan: SelectPlan;
  /** Its answer's columns, `partial` included. */
  readonly columns: readonly GivenColumn[];
  readonly scope: Scope;
}

/** What a query is bound in: the same for all queries within it, but for the time zone and the definitions that are open. */
export interface QueryEnvironment {
  readonly schemas: ReadonlyMap<string, TableSchema>;
  readonly definitions: ReadonlyMap<string, string>;
  readonly params: Readonly<Record<string, Scalar>>;
  readonly now: number;
  readonly timezone: string;
  /** Names of the definitions that the query stands in, outermost first. */
  readonly open: readonly string[];
  /** How many definitions the whole query has opened. */
  readonly opened: { count: number };
  /** Takes a sentence about what is right, and hardly meant. */
  readonly warn: (sentence: string) => void;
  readonly binders: Binders;
}

/** The parts of the binder that call each other. */
export interface Binders {
  /** Binds a query as a plan of its own. */
  readonly select: (query: SelectSyntax, environment: QueryEnvironment) => BoundSelect;
  /** Binds a question about behaviour. */
  readonly behaviour: (query: BehaviourSyntax, environment: QueryEnvironment) => BehaviourPlan;
  /** Binds a query into the plan around it. */
  readonly inline: (query: SelectSyntax, environment: QueryEnvironment, parts: PlanParts) => Scope;
  /** Binds sources; what they inline goes into `parts`. */
  readonly from: (sources: readonly SourceSyntax[], environment: QueryEnvironment, parts: PlanParts) => Scope;
}

/** What a plan under construction collects: queries inlined into it share it. */
export interface PlanParts {
  readonly subqueries: SelectPlan[];
  /** The query of each, so that one bound twice is asked once. */
  readonly asked: SelectSyntax[];
  /** Whether queries in brackets may become a part of it. */
  readonly inlines: boolean;
}

/** @returns the environment in the query's own time zone, where it says one. @throws VarveError `usage` for an unknown zone. */
export function inZoneOf(query: Pick<SelectSyntax, 'timezone'>, environment: QueryEnvironment): QueryEnvironment {
  const timezone = query.timezone?.name ?? environment.timezone;
  if (isTimeZone(timezone)) return timezone === environment.timezone ? environment : { ...environment, timezone };
  throw new VarveError('usage', `There is no time zone "${timezone}".`, {
    span: query.timezone?.span,
    hint: "Zones are named like 'Europe/Berlin'.",
  });
}
