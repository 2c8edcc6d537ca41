// Joins the built modules of the engine to a few files in dist/engine/bundle: a thread loads two hundred modules in some
// 100 ms and the same code in a few files in 30. What runs is the same; where no bundle can be made, the modules are run.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

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
  if (existsSync(made) && statSync(made).mtimeMs > newest(engine, folder)) return;
  // Threads that find no bundle run the modules: an old one must not stay.
  rmSync(folder, { recursive: true, force: true });
  const { rolldown } = await import('rolldown').catch(() => ({ rolldown: null }));
  if (rolldown === null) return;
  const bundle = await rolldown({
    input: Object.fromEntries(entries.map((name) => [name, join(engine, `${name}.js`)])),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
  });
  // Chunks lie beside the index: what names a file by its own place finds it from there.
  // What is loaded is parsed, comments too. Names stay as they are, for stacks.
  const minify = { compress: false, mangle: false, codegen: { removeWhitespace: true } };
  await bundle.write({ dir: folder, format: 'esm', chunkFileNames: 'chunk-[name]-[hash].js', minify });
  await bundle.close();
}
