import { open } from '../../../engine/index.ts';
import { dataDirectory, type CliCommand } from '../command.ts';
import { outputFormat, outputFormatNames } from '../formats/index.ts';
import { runShell } from '../shell/run.ts';
import type { AnswerOptions } from './query.ts';

export const shellCommand: CliCommand = {
  name: 'shell',
  summary: 'ask one question after another; \\d lists tables, \\q leaves',
  example: 'varve shell',
  examples: ['varve shell --format markdown < questions.sql > answers.md'],
  configure(command, terminal) {
    command
      .option('--format <name>', outputFormatNames.join(', '))
      .option('--timezone <zone>', 'time zone of the queries, unless they say one themselves')
      .option('--no-bars', 'a table of numbers alone: nothing drawn')
      .action(async (options: AnswerOptions) => {
        if (options.format !== undefined) outputFormat(options.format);
        await using db = await open(dataDirectory(options), { readOnly: true });
        await runShell(db, options, terminal);
      });
  },
};
