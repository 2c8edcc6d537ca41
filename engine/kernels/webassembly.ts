/** The one shared memory: a WebAssembly.Memory, whatever the thread. Threads pass the object itself to each other. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages of 64 KiB. @throws RangeError beyond the maximum. @returns the pages there were. */
  grow(pages: number): number;
}

/** A compiled module. */
export interface CompiledModule {
  readonly __compiledModule?: never;
}

/** What is used of the global `WebAssembly`, whose types come with the DOM's and not with Node's. */
interface WebAssemblyApi {
  readonly Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => SharedMemory;
  readonly Module: new (bytes: Uint8Array) => CompiledModule;
  readonly Instance: new (
    module: CompiledModule,
    imports: { env: { memory: SharedMemory } },
  ) => { readonly exports: unknown };
}

export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
