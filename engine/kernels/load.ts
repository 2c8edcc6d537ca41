import { kernelsWasm } from './generated/kernels-wasm.ts';
import type { Kernels } from './kernels.ts';
import { createScalarKernels } from './scalar/scalar-kernels.ts';
import { webAssembly, type CompiledModule, type SharedMemory } from './webassembly.ts';

type Exports = Omit<Kernels, 'kind'>;

// One compilation a thread; null = this machine cannot run the module (no SIMD, no shared memory).
let compiled: CompiledModule | null | undefined;

/**
 * Makes the kernels that work in `memory`: the compiled ones, or their TypeScript twins where the module cannot run.
 * Synchronous; the first call of a thread compiles some kilobytes.
 */
export function loadKernels(memory: SharedMemory): Kernels {
  if (compiled === undefined) compiled = compile();
  if (compiled === null) return createScalarKernels(memory);
  const exports = new webAssembly.Instance(compiled, { env: { memory } }).exports as Exports;
  return {
    ...exports,
    kind: 'wasm',
    // WebAssembly answers in signed words.
    minU32: (values, count) => exports.minU32(values, count) >>> 0,
    maxU32: (values, count) => exports.maxU32(values, count) >>> 0,
  };
}

function compile(): CompiledModule | null {
  const text = atob(kernelsWasm);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at);
  return webAssembly.validate(bytes) ? new webAssembly.Module(bytes) : null;
}
