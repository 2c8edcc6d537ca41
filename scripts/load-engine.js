// Runs the engine's script with the code that V8 made of it when it was built, where this is the same V8. Where it is
// another, or the file is missing or damaged, the script is compiled as it runs. Copied into the bundle.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

// An import of these would ask for all that they export, and so load streams.
const { readFileSync } = process.getBuiltinModule('node:fs');
const zlib = process.getBuiltinModule('node:zlib');

const path = fileURLToPath(new URL('engine.cjs', import.meta.url));
/** The place that modules take for their own: that of the package's entry. */
const bundleUrl = new URL('index.js', import.meta.url).href;

/** Code for one version and processor, behind a checksum; V8 itself refuses that of others and of other flags. */
export const codeFile = fileURLToPath(new URL(`code-${process.version}-${process.arch}.bin`, import.meta.url));
/** Bytes before the code, which V8 wants at a multiple of eight: u32 checksum of all behind the eighth byte. */
export const codeBegin = 8;

/** The script; its text is Latin-1, which is all ASCII. */
export const script = new vm.Script(readFileSync(path, 'latin1'), { filename: path, cachedData: readCode() });

const engine = {};
const require = createRequire(bundleUrl);
script.runInThisContext()(engine, require, require, (name) => import(name), bundleUrl);

/** @returns what an entry exports: runs its modules the first time. @param name 'execute/worker', … */
export function loadEntry(name) {
  return engine.entries[name]();
}

function readCode() {
  try {
    const bytes = readFileSync(codeFile);
    const code = bytes.subarray(codeBegin);
    return zlib.crc32(code) === bytes.readUInt32LE(0) ? code : undefined;
  } catch {
    return undefined;
  }
}
