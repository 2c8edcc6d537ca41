import { open } from '../../../engine/index.ts';
import { dataDirectory, type CliCommand, type CommonOptions } from '../command.ts';
import { formatBytes, formatCount, formatElapsed } from '../terminal.ts';

export const compactCommand: CliCommand = {
  name: 'compact',
  summary: 'write what is in memory out and merge the segments of a table, or of all',
  example: 'varve compact events',
  configure(command, terminal) {
    command
      .argument('[table]', 'one table (default: all)')
      .action(async (table: string | undefined, options: CommonOptions) => {
        await using db = await open(dataDirectory(options), { create: false });
        const started = performance.now();
        const summary = await db.compact(table);
        if (options.json === true) {
          await terminal.print(`${JSON.stringify(summary)}\n`);
          return;
        }
        if (options.quiet === true) return;
        await terminal.print(
          `${plural(summary.tables, 'table')} of ${plural(summary.rows, 'row')} in ${formatElapsed(performance.now() - started)}: ` +
            `${formatCount(summary.segmentsBefore)} → ${plural(summary.segmentsAfter, 'segment')}, ` +
            `${formatBytes(summary.bytesBefore)} → ${formatBytes(summary.bytesAfter)}\n`,
        );
      });
  },
};

function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
