import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** How many of fifty short functions V8 optimizes in a process of its own, and what the call says. */
function optimized(late: boolean): { readonly done: boolean; readonly functions: number } {
  const script = `
    import { optimizeLate } from 'varve';
    const done = ${String(late)} && optimizeLate();
    const all = Array.from({ length: 50 }, (_, n) => new Function('x', 'let s = ' + n + '; for (let i = 0; i < 20; i++) s = (s * x + i) | 0; return s;'));
    for (let round = 0; round < 600; round++) for (const one of all) one(round);
    let functions = 0;
    for (const one of all) if ((%GetOptimizationStatus(one) & 16) !== 0) functions++;
    console.log(JSON.stringify({ done, functions }));
  `;
  const args = ['--allow-natives-syntax', '--no-concurrent-recompilation', '--input-type=module', '-e', script];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' })) as ReturnType<
    typeof optimized
  >;
}

describe.runIf(process.versions.v8.startsWith('11.'))('a process that optimizes late', () => {
  it('leaves functions uncompiled that others would compile', () => {
    expect(optimized(false)).toEqual({ done: false, functions: 50 });
    const { done, functions } = optimized(true);
    expect(done).toBe(true);
    expect(functions).toBeLessThan(50);
  });
});
