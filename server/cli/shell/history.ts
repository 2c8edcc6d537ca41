import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** What is kept of what was typed. */
export const historyLinesMax = 1000;

/** What was typed in earlier shells. A home that cannot be read or written costs the history, never the session. */
export interface History {
  /** The latest first. */
  readonly lines: string[];
  add(line: string): void;
}

/** Reads `$XDG_STATE_HOME/varve/history`, else that below `~/.local/state`; it is no part of a store. */
export function openHistory(): History {
  const file = historyFile();
  const lines = file === null ? [] : readLines(file);
  return {
    lines,
    add(line) {
      if (file === null || line.trim() === '') return;
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        appendFileSync(file, `${line}\n`, { mode: 0o600 });
      } catch {
        // It is for convenience, and nothing else depends on it.
      }
    },
  };
}

function historyFile(): string | null {
  const state = process.env['XDG_STATE_HOME'] ?? '';
  try {
    return join(state === '' ? join(homedir(), '.local', 'state') : state, 'varve', 'history');
  } catch {
    // Someone without a home.
    return null;
  }
}

function readLines(file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    const kept = lines.slice(-historyLinesMax);
    // Shells that run side by side append; whoever opens it next shortens it.
    if (lines.length > 2 * historyLinesMax) writeFileSync(file, `${kept.join('\n')}\n`, { mode: 0o600 });
    return kept.reverse();
  } catch {
    return [];
  }
}
