import { kernelsWasm } from "./generated/kernels-wasm.js";
import { createScalarKernels } from "./scalar/scalar-kernels.js";
import { webAssembly } from "./webassembly.js";
// One compilation a thread; null = this machine cannot run the module (no SIMD, no shared memory).
let compiled;
/**
 * Makes the kernels that work in `memory`: the compiled ones, or their TypeScript twins where the module cannot run.
 * Synchronous; the first call of a thread compiles some kilobytes.
 */
export function loadKernels(memory) {
    if (compiled === undefined)
        compiled = compile();
    if (compiled === null)
        return createScalarKernels(memory);
    const exports = new webAssembly.Instance(compiled, { env: { memory } }).exports;
    return {
        ...exports,
        kind: 'wasm',
        // WebAssembly answers in signed words.
        minU32: (values, count) => exports.minU32(values, count) >>> 0,
        maxU32: (values, count) => exports.maxU32(values, count) >>> 0,
    };
}
function compile() {
    const bytes = Uint8Array.from(atob(kernelsWasm), (character) => character.charCodeAt(0));
    return webAssembly.validate(bytes) ? new webAssembly.Module(bytes) : null;
}
//# sourceMappingURL=load.js.map