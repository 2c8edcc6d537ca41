// Builds what a clone needs to run: the WebAssembly kernels first (their bytes become a TypeScript constant), then every
// TypeScript project, then the engine's modules joined to a few files. Plain JavaScript, since it runs before anything has been compiled. Does nothing when nothing changed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { bundleEngine } from './bundle.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const assembly = join(root, 'engine/kernels/assembly');
const generated = join(root, 'engine/kernels/generated/kernels-wasm.ts');

function newestChange(folder) {
  return Math.max(...readdirSync(folder).map((name) => statSync(join(folder, name)).mtimeMs));
}

function buildKernels() {
  if (existsSync(generated) && statSync(generated).mtimeMs > newestChange(assembly)) return;
  const module = join(root, 'dist/kernels.wasm');
  mkdirSync(join(root, 'dist'), { recursive: true });
  mkdirSync(join(root, 'engine/kernels/generated'), { recursive: true });
  run('assemblyscript/bin/asc.js', [
    join(assembly, 'index.ts'), '--outFile', module, '--runtime', 'stub', '--importMemory', '--sharedMemory',
    '--initialMemory', '16', '--maximumMemory', '65536', '--enable', 'simd', '--enable', 'threads',
    '--optimizeLevel', '3', '--noAssert', '--memoryBase', '1024',
  ]);
  const text = readFileSync(module).toString('base64');
  writeFileSync(generated, `// Written by scripts/build.js from engine/kernels/assembly.\n`
    + `/** The compiled kernels: a WebAssembly module, base64. */\nexport const kernelsWasm = '${text}';\n`);
  rmSync(module);
}

function run(script, args) {
  execFileSync(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root, stdio: 'inherit' });
}

try {
  buildKernels();
  run('typescript/bin/tsc', ['-b', ...process.argv.slice(2)]);
  await bundleEngine(join(root, 'dist/engine'));
} catch (error) {
  if (typeof error?.status !== 'number') throw error;
  process.exitCode = error.status || 1;
}
