import { open, quotedName } from '../../../engine/index.ts';
import { dataDirectory, type CliCommand, type CommonOptions } from '../command.ts';

export const dropCommand: CliCommand = {
  name: 'drop',
  summary: 'forget a saved query',
  example: 'varve drop buyers',
  configure(command, terminal) {
    command.argument('<name>', 'the saved query').action(async (name: string, options: CommonOptions) => {
      await using db = await open(dataDirectory(options), { create: false });
      const [row] = (await db.query(`drop ${quotedName(name)}`)).rows();
      if (options.json === true) await terminal.print(`${JSON.stringify(row)}\n`);
      else if (options.quiet !== true) terminal.say(`"${name}" is forgotten.`);
    });
  },
};
