import { webAssembly } from "./webassembly.js";
/** Pages of WebAssembly memory. */
const pageBytes = 65_536;
/** The most that 32-bit pointers reach. */
const pagesMax = 65_536;
/** What the compiled kernels ask of a memory they are given (`--initialMemory` in scripts/build.js). */
const pagesMin = 16;
/** The first bytes belong to the compiled kernels; whoever divides the memory begins after them. */
export const reservedBytes = pageBytes;
/**
 * Makes the memory that holds decoded blocks and that every thread's kernels work in. Sizes are rounded up to pages of
 * 64 KiB and lie between 1 MiB and 4 GiB. `memory.buffer` is another object after `grow`; views of the old one remain
 * valid for the bytes they cover.
 */
export function createSharedMemory({ initialBytes, maximumBytes }) {
    const maximum = clampPages(maximumBytes);
    return new webAssembly.Memory({ initial: Math.min(clampPages(initialBytes), maximum), maximum, shared: true });
}
function clampPages(bytes) {
    return Math.min(Math.max(Math.ceil(bytes / pageBytes), pagesMin), pagesMax);
}
//# sourceMappingURL=memory.js.map