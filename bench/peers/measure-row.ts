import { median, type Effort } from '../measure.ts';
import { difference, type AnswerRow } from './answers.ts';
import type { Contender } from './contenders.ts';
import type { Question } from './questions.ts';
import type { RowResult, Timing } from './results.ts';

/** After the warm-ups, what is slower than this times its engine's fastest is measured no more: it cannot win. */
const hopeless = 1.5;

interface Runner {
  readonly contender: Contender;
  readonly warm: number[];
  readonly times: number[];
  readonly cpu: number[];
  failed: string | null;
}

/**
 * Has one question answered by all, who take turns: first answers are compared, then come warm-ups, then measured runs.
 * What fails or answers otherwise than the others is no figure but an error.
 */
export async function measureRow(
  question: Question,
  contenders: readonly Contender[],
  effort: Effort,
): Promise<RowResult> {
  const runners = contenders.map((contender): Runner => ({ contender, warm: [], times: [], cpu: [], failed: null }));
  const { rowsOut, errors } = await checkAnswers(question, runners);
  for (let round = 0; round < Math.max(1, effort.warmUps); round++) {
    for (const runner of runners) {
      // What is slow is warm after one run.
      if (round === 0 || sum(runner.warm) < effort.budgetMs / 4) await run(runner, runner.warm);
    }
  }
  for (const runner of hopeful(runners)) runner.cpu.length = 0;
  const going = hopeful(runners);
  for (let round = 0; round < effort.runs; round++) {
    for (const runner of going) {
      const spent = sum(runner.warm) + sum(runner.times);
      if (runner.times.length < effort.runsMin || spent < effort.budgetMs) await run(runner, runner.times);
    }
  }
  errors.push(...runners.flatMap(({ failed }) => (failed === null || errors.includes(failed) ? [] : [failed])));
  const timings = going.filter(({ failed }) => failed === null).map(timingOf);
  return { id: question.id, title: question.title, rowsOut, timings, errors };
}

/** @returns what went wrong; runners whose answer is not the first's are marked as failed. */
async function checkAnswers(
  question: Question,
  runners: readonly Runner[],
): Promise<{ rowsOut: number; errors: string[] }> {
  let first: { readonly rows: readonly AnswerRow[]; readonly who: string } | null = null;
  const errors: string[] = [];
  for (const runner of runners) {
    const who = nameOf(runner.contender);
    try {
      const rows = await runner.contender.answer();
      if (first === null) first = { rows, who };
      else {
        const differs = difference(question, first.rows, rows);
        if (differs !== null) runner.failed = `${first.who} and ${who} differ: ${differs}`;
      }
    } catch (error) {
      runner.failed = `${who}: ${messageOf(error)}`;
    }
    if (runner.failed !== null) errors.push(runner.failed);
  }
  return { rowsOut: first?.rows.length ?? 0, errors };
}

async function run(runner: Runner, times: number[]): Promise<void> {
  if (runner.failed !== null) return;
  try {
    const cpuBefore = process.cpuUsage();
    const from = performance.now();
    await runner.contender.ask();
    times.push(performance.now() - from);
    const { user, system } = process.cpuUsage(cpuBefore);
    runner.cpu.push((user + system) / 1000);
  } catch (error) {
    runner.failed = `${nameOf(runner.contender)}: ${messageOf(error)}`;
  }
}

function hopeful(runners: readonly Runner[]): Runner[] {
  const least = new Map<string, number>();
  for (const { contender, warm } of runners) {
    const fastest = Math.min(...warm, least.get(contender.engine) ?? Infinity);
    least.set(contender.engine, fastest);
  }
  return runners.filter(
    ({ contender, warm, failed }) => failed === null && Math.min(...warm) <= hopeless * least.get(contender.engine)!,
  );
}

function timingOf({ contender, times, cpu }: Runner): Timing {
  const { engine, layout, variant } = contender;
  return { engine, layout, variant, ...summary(times), cpuMs: median(cpu) };
}

/** @returns times with their median and spread. */
export function summary(times: readonly number[]): Pick<Timing, 'times' | 'medianMs' | 'spreadPercent'> {
  const medianMs = median(times);
  return {
    times: times.map((time) => Math.round(time * 1000) / 1000),
    medianMs,
    spreadPercent: ((Math.max(...times) - Math.min(...times)) / medianMs) * 100,
  };
}

function nameOf({ engine, layout, variant }: Contender): string {
  return `${engine} ${layout}${variant > 0 ? ` (SQL ${variant + 1})` : ''}`;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.slice(0, 300);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
