import { open, VarveError } from '../../../engine/index.ts';
import { dataDirectory, type CliCommand, type CommonOptions } from '../command.ts';
import { outputFormatNames } from '../formats/index.ts';
import { answer } from './query.ts';

interface Options extends CommonOptions {
  readonly format?: string;
  readonly limit: string;
}

export const rejectedCommand: CliCommand = {
  name: 'rejected',
  summary: 'the quarantine: rows that could not be read, where they stood and why',
  example: 'varve rejected --limit 20',
  configure(command, terminal) {
    command
      .option('--format <name>', outputFormatNames.join(', '))
      .option('--limit <n>', 'how many rows, the newest first', '100')
      .action(async (options: Options) => {
        if (!/^\d{1,9}$/.test(options.limit))
          throw new VarveError('usage', `--limit ${options.limit} is no whole number.`, { hint: 'Write --limit 20.' });
        await using db = await open(dataDirectory(options), { readOnly: true });
        const tables = await db.tables();
        if (!tables.some((table) => table.name === '_rejected')) {
          if (options.quiet !== true) terminal.say('No row was ever rejected.');
          return;
        }
        await answer(db, `select * from _rejected order by time desc limit ${options.limit}`, options, terminal);
      });
  },
};
