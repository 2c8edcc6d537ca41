import Table from 'cli-table3';
import { open } from '../../../engine/index.ts';
import { dataDirectory, type CliCommand, type CommonOptions } from '../command.ts';
import { formatBytes, formatCount } from '../terminal.ts';

export const tablesCommand: CliCommand = {
  name: 'tables',
  summary: 'what there is: rows, actors, span, bytes',
  example: 'varve tables',
  configure(command, terminal) {
    command.action(async (options: CommonOptions) => {
      await using db = await open(dataDirectory(options), { readOnly: true });
      const tables = await db.tables();
      if (options.json === true) {
        await terminal.print(`${JSON.stringify(tables)}\n`);
        return;
      }
      const grid = new Table({
        head: ['table', 'rows', 'actor', 'actors', 'since', 'until', 'bytes', 'columns'],
        colAligns: ['left', 'right', 'left', 'right', 'left', 'left', 'right', 'right'],
        style: { head: [], border: [], compact: true },
      });
      for (const table of tables) {
        grid.push([
          table.name,
          formatCount(table.rows),
          table.actor ?? '',
          table.actors === null ? '' : formatCount(table.actors),
          table.since?.toISOString() ?? '',
          table.until?.toISOString() ?? '',
          formatBytes(table.bytes),
          formatCount(table.columns.length),
        ]);
      }
      await terminal.print(
        tables.length === 0 ? 'The store has no table yet. varve import FILE makes one.\n' : `${grid.toString()}\n`,
      );
    });
  },
};
