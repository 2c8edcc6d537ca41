import { isVarveError, VarveError, type Span } from '../base/errors.ts';
import { parseQuery } from './parse.ts';
import type { QueryEnvironment } from './query-environment.ts';
import type { QuerySyntax } from './syntax-behaviour.ts';

const depthMax = 32;
/** Of a whole query: two definitions that each name the one before twice would be opened 2^n times. */
const openedMax = 256;

/** A defined query, and the environment to bind it in. */
export interface Definition {
  readonly query: QuerySyntax;
  readonly environment: QueryEnvironment;
}

/**
 * Reads a defined query where another names it. Its places are those of its name: the text that errors are shown in is
 * the outer one.
 * @returns null where no query is defined by that name.
 * @throws VarveError `usage` for a query defined by itself, `limit` for definitions nested too deep, and what its text is wrong in.
 */
export function openDefinition(name: string, span: Span, environment: QueryEnvironment): Definition | null {
  const text = environment.definitions.get(name);
  if (text === undefined) return null;
  const { open } = environment;
  if (open.includes(name))
    throw new VarveError('usage', `"${name}" is defined by itself: ${[...open, name].join(' → ')}.`, {
      span,
      hint: `Define one of them anew: define ${name} as ….`,
    });
  if (open.length >= depthMax)
    throw new VarveError('limit', `Definitions are nested more than ${depthMax} deep.`, { span });
  if (++environment.opened.count > openedMax)
    throw new VarveError('limit', `The query opens more than ${openedMax} definitions.`, {
      span,
      hint: 'A definition counts each time that another names it.',
    });
  return {
    query: withinDefinition(name, span, () => placedAt(parseQuery(text), span)),
    environment: { ...environment, open: [...open, name] },
  };
}

/** Runs what reads or binds a definition; an error says which one it lies in. */
export function withinDefinition<T>(name: string, span: Span, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!isVarveError(error) || error.message.startsWith('In the defined query ')) throw error;
    throw new VarveError(error.code, `In the defined query "${name}": ${error.message}`, {
      hint: error.hint,
      span,
      cause: error,
    });
  }
}

/** @returns the tree with every place set to one. */
function placedAt<T>(node: T, span: Span): T {
  if (Array.isArray(node)) return node.map((child: unknown) => placedAt(child, span)) as T;
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key === 'span' ? span : placedAt(value as unknown, span)]),
  ) as T;
}
