import { open, quotedName } from '../../../engine/index.ts';
import { dataDirectory, type CliCommand, type CommonOptions } from '../command.ts';

export const defineCommand: CliCommand = {
  name: 'define',
  summary: 'save a query under a name, to be read like a table',
  example: 'varve define buyers "select user_id from app where event = \'upgrade\'"',
  configure(command, terminal) {
    command
      .argument('<name>', 'what it is called')
      .argument('<query>', 'the query')
      .action(async (name: string, query: string, options: CommonOptions) => {
        await using db = await open(dataDirectory(options), { create: false });
        const [row] = (await db.query(`define ${quotedName(name)} as ${query}`)).rows();
        if (options.json === true) await terminal.print(`${JSON.stringify(row)}\n`);
        else if (options.quiet !== true)
          terminal.say(`"${name}" is ${String(row!['done'])}: from ${quotedName(name)}.`);
      });
  },
};
