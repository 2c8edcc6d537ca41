import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support.ts';
import { features } from './features.ts';
import { runRound, type RoundReport } from './round.ts';

const long = process.env['VARVE_LONG'] !== undefined;
const seed = Number(process.env['VARVE_SEED'] ?? 20_240_331);
const wanted = Number(process.env['VARVE_ORACLE_QUERIES'] ?? (long ? 50_000 : 6600));
/** New tables after so many queries. */
const perRound = 1100;
const rounds = Math.ceil(wanted / perRound);
const reports: RoundReport[] = [];

describe('random queries over random tables in every state', () => {
  it.each(Array.from({ length: rounds }, (_, round) => seed + round))(
    'agree with the evaluator and with DuckDB (seed %i)',
    { timeout: 900_000 },
    async (own) => {
      const report = await runRound({
        seed: own,
        queries: Math.min(perRound, wanted),
        features,
        problemsMax: Number(process.env['VARVE_ORACLE_PROBLEMS'] ?? 5),
        folderOf: temporaryFolder,
      });
      reports.push(report);
      if (long)
        process.stderr.write(`Oracle: seed ${own}, ${report.evaluator} compared, ${report.duck} with DuckDB.\n`);
      expect(report.problems.join('\n\n')).toBe('');
    },
  );

  it('were really compared, and not passed over', () => {
    const evaluator = reports.reduce((sum, report) => sum + report.evaluator, 0);
    const duck = reports.reduce((sum, report) => sum + report.duck, 0);
    const skipped = new Map<string, number>();
    for (const report of reports)
      for (const [reason, count] of report.skipped) skipped.set(reason, (skipped.get(reason) ?? 0) + count);
    const reasons = [...skipped].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `${reason}: ${count}`);
    process.stderr.write(
      `\nOracle: ${evaluator} queries compared with the evaluator, ${duck} with DuckDB (seed ${seed}).\n` +
        `Not asked of DuckDB: ${reasons.slice(0, 25).join('; ')}.\n`,
    );
    expect(evaluator).toBeGreaterThanOrEqual(0.92 * wanted);
    expect(duck).toBeGreaterThanOrEqual(0.606 * wanted);
  });
});
