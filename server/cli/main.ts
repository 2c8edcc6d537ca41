import { Command, CommanderError } from 'commander';
import { createRequire } from 'node:module';
import { isVarveError, renderError, type VarveError } from '../../engine/index.ts';
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
    .showHelpAfterError('(varve help shows what there is)')
    .addHelpText(
      'after',
      `\nExamples:\n${Object.values(all)
        .map((command) => `  ${command.example}`)
        .join('\n')}`,
    );
  for (const command of Object.values<CliCommand>(all)) {
    const sub = program.command(command.name).description(command.summary).exitOverride();
    sub.addHelpText('after', `\nExample:\n  ${command.example}`);
    addCommonOptions(sub);
    command.configure(sub, terminal);
  }
  return program;
}

function packageVersion(): string {
  return (createRequire(import.meta.url)('../../../package.json') as { version: string }).version;
}

function reportError(terminal: Terminal, error: unknown): number {
  if (!isVarveError(error)) {
    terminal.say(`varve: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 1;
  }
  terminal.say(describeError(error));
  return errorTable[error.code].exitCode;
}

/** One line, the place under a caret where there is one, then the mend. */
function describeError(error: VarveError & { readonly queryText?: string }): string {
  if (error.queryText !== undefined) return `varve: ${renderError(error, error.queryText)}`;
  return `varve: ${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`;
}
