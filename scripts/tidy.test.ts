import { describe, expect, it } from 'vitest';
import { tidy } from './tidy.ts';

const what = (files: Record<string, string>): string[] =>
  tidy(new Map(Object.entries(files))).map((finding) => `${finding.path}:${finding.line}: ${finding.what}`);

describe('tidy', () => {
  it('finds a clock taken from the machine', () => {
    expect(what({ 'engine/index.ts': 'export const now = Date.now();\n' })).toEqual([
      'engine/index.ts:1: Date.now, use host.clock',
    ]);
  });

  it('finds a node import in a browser-clean folder', () => {
    expect(
      what({
        'engine/index.ts': "import './base/a.ts';\nexport * from './base/a.ts';\n",
        'engine/base/a.ts': "import { x } from 'node:path';\n",
      }),
    ).toEqual(['engine/base/a.ts:1: a node: import in a folder that runs in browsers too']);
  });

  it('finds a ring', () => {
    const found = what({
      'engine/index.ts': "export { a } from './store/a.ts';\n",
      'engine/store/a.ts': "import { b } from './b.ts';\nexport const a = b;\n",
      'engine/store/b.ts': "import { a } from './a.ts';\nexport const b = a;\n",
    });
    expect(found).toEqual([
      'engine/store/a.ts:1: a ring of imports: engine/store/a.ts → engine/store/b.ts → engine/store/a.ts',
    ]);
  });

  it('finds a member that is not in its all.ts', () => {
    const found = what({
      'engine/index.ts': "export * from './x/index.ts';\n",
      'engine/x/index.ts': "import * as all from './all.ts';\nimport { b } from './b.ts';\n",
      'engine/x/all.ts': "export { a } from './a.ts';\n",
      'engine/x/a.ts': 'export const a = 1;\n',
      'engine/x/b.ts': 'export const b = 1;\n',
    });
    expect(found).toEqual(['engine/x/b.ts:1: not in engine/x/all.ts: add its line']);
  });

  it('finds a file that nothing imports, a long file and a dead link', () => {
    expect(what({ 'engine/store/lonely.ts': 'export const a = 1;\n' })).toEqual([
      'engine/store/lonely.ts:1: nothing imports this file',
    ]);
    expect(what({ 'engine/index.ts': 'const a = 1;\n'.repeat(450) })[0]).toContain('451 lines, at most 400');
    expect(what({ 'README.md': '# Title\n\n[there](docs/no.md)\n' })).toEqual([
      'README.md:3: a link to docs/no.md, which is not there',
    ]);
  });
});
