import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What tidy found: printed as `path:line: what`. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

/** The tree as tidy sees it: text by path relative to the root. */
export type Tree = ReadonlyMap<string, string>;

const fileLinesMax = 400;
/** Code is formatted to 120; a text, a template or a comment may run on to here. */
const lineCharactersMax = 170;

interface Ban {
  readonly pattern: RegExp;
  readonly what: string;
  readonly applies: (path: string) => boolean;
}

const browserClean = [
  'engine/base/',
  'engine/kernels/',
  'engine/column/',
  'engine/functions/',
  'engine/plan/',
  'engine/query/',
];
const inEngine = (path: string): boolean => path.startsWith('engine/') && !isTest(path);
const inSource = (path: string): boolean => /^(engine|server|data)\//.test(path) && !isTest(path);

const bans: readonly Ban[] = [
  {
    pattern: /\bDate\.now\(/,
    what: 'Date.now, use host.clock',
    applies: (path) => inEngine(path) && path !== 'engine/host/clock.ts',
  },
  { pattern: /\bMath\.random\(/, what: 'Math.random, use host.rng or a seeded generator', applies: inSource },
  {
    pattern: /from 'node:fs/,
    what: 'node:fs outside engine/host, use the Vfs',
    applies: (path) => inEngine(path) && !path.startsWith('engine/host/'),
  },
  {
    pattern: /from 'node:/,
    what: 'a node: import in a folder that runs in browsers too',
    applies: (path) => !isTest(path) && browserClean.some((folder) => path.startsWith(folder)),
  },
  { pattern: /\bthrow new (Type|Range)?Error\(/, what: 'throw new Error, use VarveError', applies: inEngine },
  { pattern: /\bfor \((const|let|var) \w+ in\b/, what: 'for…in, use Object.keys or for…of', applies: inSource },
  {
    pattern: new RegExp(`\\b(FIX${'ME'}|TO${'DO'})\\b`),
    what: 'an open end, finish it or file an issue',
    applies: (path) => path.endsWith('.ts'),
  },
  { pattern: /\b(it|test|describe)\.only\(/, what: '.only(, the other tests would not run', applies: isTest },
  {
    pattern: new RegExp(`@ts-${'ignore'}`),
    what: 'a type error silenced by a comment, say it in types',
    applies: (path) => path.endsWith('.ts'),
  },
  { pattern: /export default/, what: 'a default export, use a named one', applies: inSource },
  { pattern: new RegExp(`/${'work'}/(main|shared)|/${'farm'}/`), what: 'a path of one machine', applies: () => true },
];

/** Lets each check look at the tree. @returns all findings, in order of path and line. */
export function tidy(tree: Tree): Finding[] {
  const findings = [
    ...checkText(tree),
    ...checkRings(tree),
    ...checkFamilies(tree),
    ...checkOrphans(tree),
    ...checkDocuments(tree),
  ];
  return findings.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.startsWith('test/');
}

function checkText(tree: Tree): Finding[] {
  const findings: Finding[] = [];
  for (const [path, text] of tree) {
    if (!/\.(ts|js|md|json)$/.test(path) || path === 'package-lock.json' || path.startsWith('scripts/tidy')) continue;
    const lines = text.split('\n');
    lines.forEach((line, index) => {
      for (const ban of bans) {
        if (ban.applies(path) && ban.pattern.test(line)) findings.push({ path, line: index + 1, what: ban.what });
      }
      if (path.endsWith('.ts') && !isTest(path) && line.length > lineCharactersMax) {
        findings.push({
          path,
          line: index + 1,
          what: `a line of ${line.length} characters, at most ${lineCharactersMax}`,
        });
      }
    });
    const most = fileLinesMax;
    if (path.endsWith('.ts') && !isTest(path) && lines.length > most + 1) {
      findings.push({ path, line: 1, what: `${lines.length} lines, at most ${most}: two ideas, two files` });
    }
  }
  return findings;
}

/** @returns relative imports of a file as paths of the tree; `import type` and `export … from` included. */
function importsOf(path: string, text: string, typesToo: boolean): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(
    /^(?:import|export)\b([^'";]*?)from '(\.[^']+)'|\bimport\('(\.[^']+)'\)|new URL\('(\.[^']+)'/gm,
  )) {
    if (!typesToo && /^\s*type\b/.test(match[1] ?? '')) continue;
    found.push(normalize(join(dirname(path), match[2] ?? match[3] ?? match[4]!)));
  }
  return found;
}

function checkRings(tree: Tree): Finding[] {
  const findings: Finding[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      findings.push({ path, line: 1, what: `a ring of imports: ${[...trail.slice(at), path].join(' → ')}` });
      return;
    }
    if (done.has(path)) return;
    for (const next of importsOf(path, tree.get(path) ?? '', false)) if (tree.has(next)) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of tree.keys()) if (path.endsWith('.ts') && !isTest(path)) visit(path, []);
  return findings;
}

/** Every file of a family folder (one with an `all.ts`) that exports a member stands in its `all.ts`. */
function checkFamilies(tree: Tree): Finding[] {
  const findings: Finding[] = [];
  for (const [path, text] of tree) {
    if (!path.endsWith('/all.ts')) continue;
    const folder = dirname(path);
    const reached = new Set<string>();
    const follow = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      for (const next of importsOf(file, tree.get(file) ?? '', true)) if (dirname(next) === folder) follow(next);
    };
    for (const next of importsOf(path, text, true)) if (tree.has(next)) follow(next);
    for (const member of tree.keys()) {
      if (dirname(member) !== folder || isTest(member) || /\/(all|index)\.ts$/.test(member) || !member.endsWith('.ts'))
        continue;
      if (!reached.has(member)) findings.push({ path: member, line: 1, what: `not in ${path}: add its line` });
    }
  }
  return findings;
}

/** Entries are what a command line, a thread or a package export names; every other file is imported by something. */
function checkOrphans(tree: Tree): Finding[] {
  const entries = new Set([
    'engine/index.ts',
    'engine/admin.ts',
    'server/cli/main.ts',
    'scripts/tidy.ts',
    'bench/run.ts',
    'bench/agree/run.ts',
    'bench/peers/run.ts',
    'bench/peers/ask-once.ts',
    'engine/host/node-threads.ts',
    'engine/execute/worker.ts',
    'engine/ingest/parse-worker.ts',
    'engine/store/segment-worker.ts',
    'engine/store/log-thread.ts',
  ]);
  const imported = new Set<string>();
  for (const [path, text] of tree)
    if (path.endsWith('.ts') && !isTest(path)) for (const next of importsOf(path, text, true)) imported.add(next);
  return [...tree.keys()]
    .filter(
      (path) =>
        /^(engine|server|data|bench)\//.test(path) &&
        path.endsWith('.ts') &&
        !isTest(path) &&
        !path.includes('/assembly/'),
    )
    .filter((path) => !entries.has(path) && !imported.has(path))
    .map((path) => ({ path, line: 1, what: 'nothing imports this file' }));
}

function checkDocuments(tree: Tree): Finding[] {
  const findings: Finding[] = [];
  for (const [path, text] of tree) {
    if (!path.endsWith('.md')) continue;
    const titles = text
      .replaceAll(/^```[\s\S]*?^```/gm, '')
      .split('\n')
      .filter((line) => line.startsWith('# '));
    if (titles.length !== 1) findings.push({ path, line: 1, what: `${titles.length} titles, a document has one` });
    for (const match of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
      const target = normalize(join(dirname(path), match[1]!));
      const there = tree.has(target) || [...tree.keys()].some((other) => other.startsWith(target.replace(/\/?$/, '/')));
      if (!there)
        findings.push({
          path,
          line: text.slice(0, match.index).split('\n').length,
          what: `a link to ${target}, which is not there`,
        });
    }
  }
  return findings;
}

function readTree(root: string): Tree {
  const names = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return new Map(
    names
      .split('\n')
      .filter((name) => /\.(ts|js|md|json|svg)$/.test(name) && existsSync(join(root, name)))
      .map((name) => [name, readFileSync(join(root, name), 'utf8')]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const findings = tidy(readTree(fileURLToPath(new URL('../../', import.meta.url))));
  for (const { path, line, what } of findings) process.stdout.write(`${path}:${line}: ${what}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}
