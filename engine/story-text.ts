import { formatTimeUtc } from './base/calendar.ts';
import type { Advance, ActorStory } from './execute/behaviour/actor-story.ts';
import type { FunnelEvents } from './execute/behaviour/funnel-events.ts';
import type { Reason, StoryAttempt } from './execute/behaviour/why-not.ts';
import type { StoryPlan } from './plan/story.ts';

/** @returns what became of one event, for people. */
export function storyText(plan: StoryPlan, events: FunnelEvents, story: ActorStory, place: number): string {
  const own = story.events[place]!;
  if (own.kind === 'not') return reasonText(plan, events, own.why);
  const several = story.attempts.length > 1;
  return own.advances.map((advance) => advanceText(plan, advance, several)).join('; ');
}

function advanceText(plan: StoryPlan, { attempt, steps }: Advance, several: boolean): string {
  const of = several ? ` of attempt ${attempt + 1}` : '';
  const { steps: all, rules } = plan.funnel;
  const verb = steps[0] === 0 ? 'begins: ' : '';
  if (rules.order === 'any')
    return `${verb}${steps.map((step) => step + 1).join(', ')} of ${all.length} steps done${of}`;
  return `${verb}advances ${steps.map((step) => stepText(plan, step)).join(', ')}${of}`;
}

function reasonText(plan: StoryPlan, events: FunnelEvents, why: Reason): string {
  switch (why.kind) {
    case 'no_step': {
      const excludes = why.exclusions.map((exclusion) => plan.exclude[exclusion]!).join(', ');
      if (excludes !== '') return `no step; excludes by ${excludes}`;
      return why.strict ? 'no step; comes between strict events' : 'no step';
    }
    case 'no_value':
      return `no value of holding ${plan.holding.join(', ')}`;
    case 'other_value':
      return `another value of holding ${plan.holding.join(', ')}`;
    case 'begins':
      return begunText(plan, why.depth);
    case 'no_entry':
      return plan.funnel.rules.entry === 'first'
        ? 'no entry: only the first counts (entry first)'
        : 'no entry: it lies within another (entry every)';
    case 'before':
      return `out of order: before ${stepText(plan, 0)}`;
    case 'beyond':
      return `beyond the window: ${lengthText(why.ms)} after ${stepText(plan, 0)}, within ${lengthText(plan.funnel.rules.window)}`;
    case 'used':
      return `already used: ${stepText(plan, why.step)} is done before it`;
    case 'nothing_new':
      return 'already used: its steps are done before it';
    case 'behind':
      return 'behind the last step of the attempt';
    case 'order':
      return `out of order: ${stepText(plan, why.step)} is not done before it`;
    case 'passed':
      return `out of order: ${stepText(plan, why.step)} is done before it`;
    case 'excluded':
      return `excluded by ${plan.exclude[why.exclusion]!} at ${timeText(events.times[why.place]!)}`;
    case 'strict':
      return `between strict events: another lies before it, at ${timeText(events.times[why.place]!)}`;
    case 'other':
      return 'the attempt that counts goes by other events';
  }
}

function begunText({ funnel: { steps, rules } }: StoryPlan, depth: number | null): string {
  if (depth === null || depth === 0) return 'begins an attempt that is no better';
  if (rules.order === 'any') return `begins an attempt that does ${depth} of ${steps.length} steps and does not count`;
  return `begins an attempt that reaches step ${depth} and does not count`;
}

/** @returns what an attempt came to; null = the actor has none. @param number of the attempt, where there can be several. */
export function resultText(
  plan: StoryPlan,
  { times }: FunnelEvents,
  attempt: StoryAttempt | null,
  number: number | null,
): string {
  const { steps, rules } = plan.funnel;
  const title = number === null ? 'result' : `attempt ${number + 1}`;
  if (attempt === null)
    return `${title}: no attempt, ${rules.order === 'any' ? 'no step' : stepText(plan, 0)} is never done`;
  const done = attempt.places.flatMap((place, step) => (place < 0 ? [] : [step]));
  const last = done[done.length - 1]!;
  const start = times[attempt.places[0]!]!;
  const reached =
    rules.order === 'any'
      ? `${done.length} of ${steps.length} steps`
      : `step ${last + 1} of ${steps.length} (${steps[last]!.name})`;
  const left = steps.length - (rules.order === 'any' ? done.length : last + 1);
  const pending = left > 0 && attempt.open ? '; pending: an attempt is still open' : '';
  return `${title}: ${reached}, entry ${timeText(start)}${pending}`;
}

function stepText({ funnel: { steps } }: StoryPlan, step: number): string {
  return `step ${step + 1} (${steps[step]!.name})`;
}

/** @returns a moment without the milliseconds that it has not. */
function timeText(time: number): string {
  return formatTimeUtc(time).replace('.000Z', 'Z');
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** @returns a length of time by its two largest units: `7d 3h`. */
function lengthText(ms: number): string {
  const at = units.findIndex(([, length]) => ms >= length);
  if (at < 0) return '0s';
  let left = ms;
  return units
    .slice(at, at + 2)
    .flatMap(([unit, length]) => {
      const count = Math.floor(left / length);
      left -= count * length;
      return count === 0 ? [] : [`${count}${unit}`];
    })
    .join(' ');
}
