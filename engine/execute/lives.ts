import { VarveError } from '../base/errors.ts';
import type { Dictionary } from '../column/dictionary.ts';
import { textsOfDictionary } from '../column/dictionary.ts';
import type { Values } from '../column/values.ts';
import { aggregateFunctions } from '../functions/aggregates/index.ts';
import type { AggregateState } from '../functions/aggregates/aggregate.ts';
import type { Expr } from '../plan/expr.ts';
import type { LivesPlan, Measure } from '../plan/select.ts';
import type { HashRange } from '../store/row-source.ts';
import { narrowed, type BlockView, type OpenSource } from './block-view.ts';
import { cutLives, newLives, noSession, rankActors, type ActorRanks, type Lives } from './cut-sessions.ts';
import { trueRows, type Leaves } from './expression.ts';
import { rowsOf } from './filter.ts';
import { inexactOutputs } from './inexact.ts';
import { leavesOf } from './leaves.ts';
import { bytesOfEvents, collectEvents, roomForSessions, type LiveEvents } from './live-events.ts';
import { newActorList, type ActorList } from './actor-list.ts';
import { finishMeasure, isActor, newMeasureState, type MeasureKind } from './measure-state.ts';
import type { ScanContext } from './scan.ts';
import type { Steps } from './steps.ts';

/** Lives that one task found, actor by actor in hash order: plain data. */
export interface PartialLives {
  readonly rowCount: number;
  /** One a column of the plan; null = the actor. */
  readonly data: readonly (Values | null)[];
  /** The actors, and how many lives each has. */
  readonly texts: Dictionary;
  readonly hashes: Uint32Array;
  readonly livesOf: Uint32Array;
  /** Names of columns whose values are not exact. */
  readonly approximate: readonly string[];
}

interface LiveMeasure {
  readonly measure: Measure;
  /** By slots where it counts actors, of which a life has one. */
  readonly kind: MeasureKind;
  readonly state: AggregateState;
}

/** The keys of a life, by the index of their leaves. */
const keyOf = { actor: 0, start: 1, last: 2, duration: 3, events: 4 } as const;

/**
 * Cuts the lives of the actors of consecutive slices.
 * @param events room that is used from task to task.
 */
export function* liveSlices(
  events: LiveEvents,
  plan: LivesPlan,
  sources: readonly OpenSource[],
  slices: readonly HashRange[],
  context: ScanContext,
): Steps<PartialLives> {
  events.heldBeside = 0;
  const lives = newLives();
  const actors = newActorList();
  const measures = plan.measures.map((measure) => liveMeasure(measure, plan.actor));
  for (const slice of slices) {
    yield* collectEvents(plan, sources, slice, context, events);
    if (events.count === 0) continue;
    const sessionOf = measures.length > 0 ? roomForSessions(events) : null;
    const parts = [...new Set(events.views.map(({ part }) => part))];
    const ranks = rankActors(parts, parts[0].slots(), slice);
    const livesOfRank = new Uint32Array(ranks.count);
    cutLives(plan, events, ranks, lives, sessionOf, livesOfRank);
    addActors(actors, ranks, livesOfRank);
    for (const { kind, state } of measures) {
      kind.aggregate.grow(state, lives.count);
      if (kind.kind === 'slots') kind.aggregate.startSlice(state, 1);
    }
    if (sessionOf !== null) yield* measureEvents(measures, events, sessionOf, context);
    events.heldBeside = bytesBeside(lives, actors, measures);
    context.memory.hold(events.heldBeside + bytesOfEvents(events));
  }
  const found = finishLives(plan, measures, lives, actors, context);
  // Whoever joins them holds them all: nobody takes them back before. Room for events is kept for the next task.
  context.memory.hold(bytesOfEvents(events));
  context.memory.handOver(bytesOfLives(found), 0);
  return found;
}

/** @returns the bytes that the lives take once they are numbers and texts. */
export function bytesOfLives({ rowCount, data, texts, hashes, livesOf }: PartialLives): number {
  return 9 * rowCount * data.length + texts.bytes.length + hashes.byteLength + livesOf.byteLength;
}

/** @returns the bytes that a task holds beside the events of a slice. */
function bytesBeside(lives: Lives, actors: ActorList, measures: readonly LiveMeasure[]): number {
  const states = measures.reduce((sum, { kind, state }) => sum + kind.aggregate.bytes(state), 0);
  return 3 * lives.starts.byteLength + actors.bytes() + states;
}

function liveMeasure(measure: Measure, actor: string | null): LiveMeasure {
  const aggregate = aggregateFunctions.get(measure.name)!;
  const [arg] = measure.args;
  const ofActors = arg !== undefined && isActor(arg, actor) ? aggregate.ofActors : undefined;
  const kind: MeasureKind =
    ofActors === undefined ? { kind: 'values', aggregate } : { kind: 'slots', aggregate: ofActors };
  return { measure, kind, state: newMeasureState(kind, measure) };
}

function addActors(actors: ActorList, { count, parts, partOf, entryOf }: ActorRanks, livesOfRank: Uint32Array): void {
  for (let rank = 0; rank < count; rank++) {
    if (livesOfRank[rank] > 0) actors.add(parts[partOf[rank]].entries, entryOf[rank], livesOfRank[rank]);
  }
}

/** Gives each event to the aggregates as one of the group that its life is. */
function* measureEvents(
  measures: readonly LiveMeasure[],
  { views, firsts }: LiveEvents,
  sessionOf: Uint32Array,
  context: ScanContext,
): Steps<void> {
  for (const [index, all] of views.entries()) {
    yield;
    context.check();
    context.scratch.reset();
    const { view, groups } = ofTheAnswer(all, sessionOf.subarray(firsts[index], firsts[index + 1]));
    if (view.length === 0) continue;
    const leaves = leavesOf(view);
    let places: Uint32Array | null = null;
    for (const { measure, kind, state } of measures) {
      let rows: Uint32Array | null = null;
      if (measure.filter !== null) {
        places ??= Uint32Array.from({ length: view.length }, (_, place) => place);
        rows = trueRows(context.evaluator.evaluate(measure.filter, leaves), places);
      }
      if (kind.kind === 'slots')
        kind.aggregate.update(state, view.scratch.words(view.length).fill(0), groups, rows, view.length);
      else {
        const args = measure.args.map((arg) => context.evaluator.evaluate(arg, leaves));
        kind.aggregate.update(state, args, groups, rows, view.length);
      }
    }
  }
}

/** @returns the view without events whose life is not in the answer, and the lives of the others. */
function ofTheAnswer(
  view: BlockView,
  sessions: Uint32Array,
): { readonly view: BlockView; readonly groups: Uint32Array } {
  if (!sessions.includes(noSession)) return { view, groups: sessions };
  const rows = rowsOf(view);
  const kept = view.scratch.words(rows.length);
  const groups = view.scratch.words(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    if (sessions[i] === noSession) continue;
    kept[count] = rows[i];
    groups[count++] = sessions[i];
  }
  return { view: narrowed(view, kept.subarray(0, count)), groups: groups.subarray(0, count) };
}

function finishLives(
  plan: LivesPlan,
  measures: readonly LiveMeasure[],
  lives: Lives,
  actors: ActorList,
  { evaluator }: ScanContext,
): PartialLives {
  const { count } = lives;
  const finished = measures.map(({ measure, kind, state }) => {
    kind.aggregate.seal?.(state);
    return finishMeasure(kind, state, count, measure.span);
  });
  const inexact = measures.map(
    ({ kind, state }) => kind.kind === 'values' && kind.aggregate.isApproximate?.(state) === true,
  );
  const approximate = inexactOutputs(plan.outputs, inexact);
  const { texts, hashes, livesOf } = actors.build();
  const numbers = (values: Float64Array): Values => ({ kind: 'number', length: count, values, nulls: null });
  let actor: Values | null = null;
  const keyValues = (index: number): Values => {
    const { starts, lasts } = lives;
    switch (index) {
      case keyOf.actor:
        return (actor ??= actorValues(textsOfDictionary(texts), livesOf, count));
      case keyOf.start:
        return numbers(starts.slice(0, count));
      case keyOf.last:
        return numbers(lasts.slice(0, count));
      case keyOf.duration:
        return numbers(durationsOf(lives));
      default:
        return numbers(lives.events.slice(0, count));
    }
  };
  const leaves: Leaves = {
    length: count,
    leaf(expr: Expr) {
      if (expr.kind === 'key') return keyValues(expr.index);
      if (expr.kind === 'measure') return finished[expr.index];
      throw new VarveError('internal', `BUG: ${expr.kind} is no leaf of lives`);
    },
  };
  const data = plan.outputs.map(({ expr }) =>
    expr.kind === 'key' && expr.index === keyOf.actor ? null : evaluator.evaluate(expr, leaves),
  );
  return { rowCount: count, data, texts, hashes, livesOf, approximate };
}

function durationsOf({ starts, lasts, count }: Lives): Float64Array {
  const durations = new Float64Array(count);
  for (let life = 0; life < count; life++) durations[life] = lasts[life] - starts[life];
  return durations;
}

function actorValues(texts: readonly string[], livesOf: Uint32Array, count: number): Values {
  const codes = new Uint32Array(count);
  for (let actor = 0, at = 0; actor < livesOf.length; actor++) {
    codes.fill(actor, at, at + livesOf[actor]);
    at += livesOf[actor];
  }
  return { kind: 'coded', length: count, codes, texts, nulls: null };
}
