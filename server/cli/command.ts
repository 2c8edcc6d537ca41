import type { Command } from 'commander';
import type { Terminal } from './terminal.ts';

/** Options that every command takes. */
export interface CommonOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** A member of the `varve` command: one file here and a line in `commands/all.ts`. */
export interface CliCommand {
  readonly name: string;
  readonly summary: string;
  /** A command line that shows it. */
  readonly example: string;
  /** Further ones, for its own help. */
  readonly examples?: readonly string[];
  /**
   * Declares arguments, options and the action.
   * The action does the work and sets `terminal.exitCode` where the outcome is not 0; it throws `VarveError`s.
   */
  configure(command: Command, terminal: Terminal): void;
}

/** @returns the store's folder: `--data`, else `$VARVE_DATA`, else `./varve-data`. */
export function dataDirectory(options: CommonOptions): string {
  const named = options.data ?? process.env['VARVE_DATA'];
  return named === undefined || named === '' ? './varve-data' : named;
}

/** Adds the options that every command on a store takes. */
export function addCommonOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'folder of the store (default: $VARVE_DATA, else ./varve-data)')
    .option('--json', 'print for machines: JSON')
    .option('--quiet', 'print results only');
}
