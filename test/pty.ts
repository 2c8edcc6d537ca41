import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { root } from './support.ts';

/** Whether `script` of util-linux is there: Node has no terminals of its own to give to a child. */
export const hasPty = spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' }).status === 0;
if (!hasPty) process.stderr.write('\nSKIPPED: tests on a terminal, because `script` of util-linux is not there.\n');

/** The `varve` command on a terminal of its own. */
export interface OnTerminal {
  /** Types keys, as they are. */
  type(keys: string): void;
  /** Resolves with what came since the last call as soon as it has the pattern; control codes are left out. */
  until(pattern: RegExp): Promise<string>;
  /** Resolves with the exit code when the command has ended. */
  ended(): Promise<number | null>;
}

export const keys = { up: '\u001b[A', tab: '\t', enter: '\r', interrupt: '\u0003', endOfInput: '\u0004' };
const waitMs = 30_000;

/** Starts `varve` on a terminal of that many columns. */
export function varveOnTerminal(args: readonly string[], env: Record<string, string>, columns = 100): OnTerminal {
  const quoted = [process.execPath, join(root, 'bin', 'varve.js'), ...args].map(
    (arg) => `'${arg.replaceAll("'", "'\\''")}'`,
  );
  const child = spawn('script', ['-qefc', `stty cols ${columns}; exec ${quoted.join(' ')}`, '/dev/null'], {
    env: { ...process.env, VARVE_DATA: '', TERM: 'xterm', NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  let output = '';
  let wake = (): void => undefined;
  let code: number | null | undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    wake();
  });
  child.stdin.on('error', () => undefined);
  child.on('close', (exitCode) => {
    code = exitCode;
    wake();
  });
  const plain = (): string => output.replace(/\u001b\[[\d;?]*[A-Za-z]|\r/g, '');
  const waitFor = async (what: string, done: () => boolean): Promise<void> => {
    const end = Date.now() + waitMs;
    while (!done()) {
      const left = end - Date.now();
      if (left <= 0 || code !== undefined)
        throw new Error(`${what} did not come; this did: ${JSON.stringify(plain())}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  return {
    type: (text) => void child.stdin.write(text),
    async until(pattern) {
      await waitFor(String(pattern), () => pattern.test(plain()));
      const seen = plain();
      output = '';
      return seen;
    },
    async ended() {
      await waitFor('the end', () => code !== undefined).catch((error: unknown) => {
        if (code === undefined) throw error;
      });
      return code!;
    },
  };
}
