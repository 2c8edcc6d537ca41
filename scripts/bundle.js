// Joins the built modules of the engine to one script in dist/engine/bundle, and keeps what V8 makes of it beside: a
// thread loads two hundred modules in some 100 ms, the same code in one file in 30, and compiled before in a few. What runs
// is the same; where no bundle can be made, the modules are run.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const scripts = fileURLToPath(new URL('.', import.meta.url));

/** What is loaded from outside the bundle: the package's entry, those of threads, and what is loaded only when used. */
const entries = [
  'index',
  'column/arrow',
  'execute/worker',
  'host/node-threads',
  'ingest/parse-worker',
  'store/log-thread',
  'store/segment-worker',
];

/** Small packages that every store needs: theirs is code of the bundle, and their licence lies beside it. */
const joined = ['@msgpack/msgpack'];

/** The module that has all entries and runs none before it is asked for. */
const start = '\0start';
/** The prefix of a module that stands for a package and loads it when the first that needs it runs. */
const outside = '\0outside:';

function newest(folder, except) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (path === except) continue;
    if (entry.isDirectory()) latest = Math.max(latest, newest(path, except));
    else if (entry.name.endsWith('.js')) latest = Math.max(latest, statSync(path).mtimeMs);
  }
  return latest;
}

/** Makes the bundle anew when a module of `engine` (dist/engine) is newer. */
export async function bundleEngine(engine) {
  const folder = join(engine, 'bundle');
  if (!existsSync(join(engine, 'index.js'))) return;
  const made = join(folder, 'index.js');
  if (existsSync(made) && statSync(made).mtimeMs > Math.max(newest(engine, folder), newest(scripts))) return;
  // Threads that find no bundle run the modules: an old one must not stay.
  rmSync(folder, { recursive: true, force: true });
  const { rolldown } = await import('rolldown').catch(() => ({ rolldown: null }));
  if (rolldown === null) return;
  const exportsOf = new Map();
  const bundle = await rolldown({
    input: { engine: start },
    platform: 'node',
    external: (id) => id.startsWith('node:'),
    transform: { define: { 'import.meta.url': 'bundleUrl' } },
    plugins: [entriesFrom(engine, exportsOf)],
  });
  const { output } = await bundle.generate({
    format: 'cjs',
    codeSplitting: false,
    // What is loaded is read, comments too. Lines and names stay as they are, for stacks.
    comments: false,
  });
  await bundle.close();
  mkdirSync(folder, { recursive: true });
  for (const name of joined)
    copyFileSync(join(engine, '../../node_modules', name, 'LICENSE'), join(folder, `LICENSE-${name.split('/').at(-1)}`));
  // A text of single bytes is read and scanned in half the time.
  const text = output[0].code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  writeFileSync(join(folder, 'engine.cjs'), `(function(exports,require,outsideRequire,outsideImport,bundleUrl){${text}\n})`);
  copyFileSync(join(scripts, 'load-engine.js'), join(folder, 'load-engine.js'));
  for (const name of entries) writeEntry(folder, name, exportsOf.get(name));
  compileAhead(folder);
}

function entriesFrom(engine, exportsOf) {
  return {
    name: 'entries',
    resolveId(id, importer) {
      if (id === start || id.startsWith(outside)) return id;
      // What is imported at run time is not joined: it has modules, threads or machine code of its own.
      const isPackage = !/^[./\0]|^node:/.test(id) && !joined.includes(id) && !importer?.includes('node_modules');
      return isPackage ? `${outside}${id}` : null;
    },
    load(id) {
      const lines = entries.map((name) => `'${name}': () => require(${JSON.stringify(join(engine, `${name}.js`))})`);
      if (id === start) return `export const entries = {\n${lines.join(',\n')}\n};`;
      if (id.startsWith(outside)) return `module.exports = outsideRequire(${JSON.stringify(id.slice(outside.length))});`;
      return null;
    },
    // A script has no import of its own without a flag or a warning.
    transform(code, id) {
      return id.endsWith('/host/node-threads.js') ? code.replaceAll('await import(', 'await outsideImport(') : null;
    },
    buildEnd() {
      for (const name of entries) exportsOf.set(name, this.getModuleInfo(join(engine, `${name}.js`)).exports);
    },
  };
}

/** An entry is a module, as what imports it expects. */
function writeEntry(folder, name, names) {
  const path = join(folder, `${name}.js`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `import { loadEntry } from '${'../'.repeat(name.split('/').length - 1) || './'}load-engine.js';\n` +
      `export const { ${names.join(', ')} } = loadEntry('${name}');\n`,
  );
}

/** A process of its own, whose flags are those of any other: code for other flags is not taken. */
function compileAhead(folder) {
  try {
    execFileSync(process.execPath, [join(scripts, 'compile-ahead.js'), folder], { stdio: 'inherit' });
  } catch (error) {
    process.stderr.write(`The engine's code was not compiled ahead; it starts more slowly. ${error.message}\n`);
  }
}
