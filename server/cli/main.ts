import { Command, CommanderError } from 'commander';
import { createRequire } from 'node:module';
import { isVarveError, optimizeLate, renderError, VarveError } from '../../engine/index.ts';
import { printable } from './formats/cell.ts';
import { errorTable } from '../errors.ts';
import { addCommonOptions, type CliCommand } from './command.ts';
import * as all from './commands/all.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/**
 * Runs the `varve` command.
 * @param args what stands after `varve` on the command line.
 * @returns the exit code: 0 ok, 1 failed, 2 usage, 3 done with rejected rows, 74 storage failed.
 */
export async function main(args: readonly string[]): Promise<number> {
  optimizeLate();
  const terminal = createTerminal();
  const program = createProgram(terminal);
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(terminal, error);
  }
  return terminal.exitCode;
}

function createProgram(terminal: Terminal): Command {
  const program = new Command('varve')
    .description('An event store for behavioural analytics.')
    .version(packageVersion())
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'varve: ')) })
    .helpCommand(false)
    .addHelpText(
      'after',
      `\nExamples:\n${Object.values(all)
        .map((command) => `  ${command.example}`)
        .join('\n')}\n\nvarve help COMMAND shows a command's options; they stand behind its name.`,
    );
  for (const command of Object.values<CliCommand>(all)) {
    const sub = program.command(command.name).description(command.summary);
    const examples = [command.example, ...(command.examples ?? [])];
    sub.addHelpText(
      'after',
      `\nExample${examples.length === 1 ? '' : 's'}:\n${examples.map((line) => `  ${line}`).join('\n')}`,
    );
    sub.showHelpAfterError(`varve help ${command.name} shows what there is.`);
    addCommonOptions(sub);
    command.configure(sub, terminal);
  }
  addHelpCommand(program);
  return program.showHelpAfterError(
    "varve help shows what there is; options stand behind the command's name: varve tables --data DIR.",
  );
}

function addHelpCommand(program: Command): void {
  program
    .command('help')
    .argument('[command]', 'a command')
    .description('what there is, or what a command takes, with an example')
    .action((name: string | undefined) => {
      const found = name === undefined ? program : program.commands.find((command) => command.name() === name);
      if (found === undefined)
        throw new VarveError('usage', `There is no command "${name}".`, {
          hint: `There are ${program.commands.map((command) => command.name()).join(', ')}.`,
        });
      found.outputHelp();
    });
}

function packageVersion(): string {
  return (createRequire(import.meta.url)('../../../package.json') as { version: string }).version;
}

/** One line, the place under a caret where there is one, then the mend. */
function reportError(terminal: Terminal, error: unknown): number {
  const known = isVarveError(error) ? (error as VarveError & { readonly queryText?: string }) : null;
  const code = known?.code ?? 'internal';
  const said = error instanceof Error ? error.message : String(error);
  const lines = (known === null ? said : renderError(known, known.queryText ?? '')).split('\n');
  terminal.say(`varve: ${lines.map(printable).join('\n')}`);
  if (code === 'internal') {
    if (process.env['VARVE_DEBUG'] === undefined) terminal.say('This is a bug; VARVE_DEBUG=1 shows where.');
    else terminal.say(stackOf(error));
  }
  return errorTable[code].exitCode;
}

function stackOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
