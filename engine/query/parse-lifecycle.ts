import type { Cursor } from './cursor.ts';
import { needed, parseFrom, parseOptions, sharedOptions, type Draft } from './parse-options.ts';
import { parseStep } from './parse-step.ts';
import { noOptions, type LifecycleSyntax } from './syntax-behaviour.ts';
import type { StepSyntax } from './syntax.ts';

/** Reads `lifecycle` with its sources and options. @throws VarveError `syntax` with the place and the mend. */
export function parseLifecycle(cursor: Cursor): LifecycleSyntax {
  const { start } = cursor.next().span;
  const draft: Draft<Omit<LifecycleSyntax, 'every'> & { every: StepSyntax | null }> = {
    kind: 'lifecycle',
    from: parseFrom(
      cursor,
      '"from" is wanted after lifecycle',
      "Write lifecycle from events every 1w; what counts as being active stands in where: where event = 'play'.",
    ),
    ...noOptions,
    every: null,
    span: { start, end: start },
  };
  const readers = new Map<string, (at: Cursor) => void>([
    ...sharedOptions(draft),
    ['every', (at): void => void (draft.every = parseStep(at, 'every', '1w'))],
  ]);
  parseOptions(cursor, 'lifecycle', readers);
  const every = needed(
    draft.every,
    'lifecycle',
    start,
    'lifecycle wants every: how long a period is.',
    'Write every 1w behind the source.',
  );
  return { ...draft, every, span: cursor.spanFrom(start) };
}
