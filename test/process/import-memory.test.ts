import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImportSummary } from '../../dist/engine/index.js';
import { root, temporaryFolder } from '../support.ts';

/** Bytes through the pipe: more of them take no more memory. */
const bytes = process.env['VARVE_LONG'] === undefined ? 80_000_000 : 2_000_000_000;

const peak = `process.on('exit', () => console.error('peak', process.resourceUsage().maxRSS))`;

describe('an import from a pipe', () => {
  it('takes a bounded part of the memory', async () => {
    const child = spawn(process.execPath, [
      ...['--import', `data:text/javascript,${encodeURIComponent(peak)}`],
      ...[join(root, 'bin/varve.js'), 'import', '-', '--data', join(temporaryFolder(), 'store'), '--json'],
    ]);
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const closed = new Promise((resolve) => child.on('close', resolve));
    let rows = 0;
    for (let sent = 0; sent < bytes;) {
      let text = '';
      for (let line = 0; line < 5000; line++, rows++)
        text += `{"time":${1_772_323_200_000 + rows},"user_id":"u${rows % 9973}","path":"/p/${rows % 311}","note":"${'x'.repeat(rows % 200)}"}\n`;
      sent += text.length;
      if (!child.stdin.write(text)) await new Promise((resolve) => child.stdin.once('drain', resolve));
    }
    child.stdin.end();
    expect([await closed, JSON.parse(output) as ImportSummary]).toMatchObject([0, { rows, rejected: 0 }]);
    expect(Number(/peak (\d+)/.exec(errors)![1]) / 1024).toBeLessThan(700);
  }, 600_000);
});
