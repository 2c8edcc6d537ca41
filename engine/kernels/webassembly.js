export const webAssembly = globalThis.WebAssembly;
//# sourceMappingURL=webassembly.js.map