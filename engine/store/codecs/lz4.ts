import { createRequire } from 'node:module';
import { limits } from '../../base/limits.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { loadKernels } from '../../kernels/load.ts';
import { createSharedMemory, reservedBytes } from '../../kernels/memory.ts';
import { decodeLz4Block } from '../../kernels/scalar/lz4.ts';
import type { Codec } from './codec.ts';

/** What is used of lz4-napi. */
interface NativeLz4 {
  compressSync(bytes: Uint8Array): Uint8Array;
}

/** lz4-napi writes the plain size before the block; pages state it themselves. */
const prefixBytes = 4;

let native: NativeLz4 | null | undefined;

/** The add-on is absent on machines that it was not built for: then pages are stored as they are. */
function loadNative(): NativeLz4 | null {
  try {
    return createRequire(import.meta.url)('lz4-napi') as NativeLz4;
  } catch {
    return null;
  }
}

/** A page before and after, where the compiled decoder can reach them; one a thread. */
interface Workbench {
  readonly kernels: Kernels;
  readonly bytes: Uint8Array;
}

const sourceAt = reservedBytes;
const targetAt = reservedBytes + limits.pageBytesMax;

let workbench: Workbench | undefined;

function makeWorkbench(): Workbench {
  const bytes = targetAt + limits.pageBytesMax;
  const memory = createSharedMemory({ initialBytes: bytes, maximumBytes: bytes });
  return { kernels: loadKernels(memory), bytes: new Uint8Array(memory.buffer) };
}

/** LZ4 block format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
export const lz4: Codec = {
  id: 1,
  name: 'lz4',
  compress(bytes) {
    if (native === undefined) native = loadNative();
    return native === null ? null : native.compressSync(bytes).subarray(prefixBytes);
  },
  // Our own decoder checks every bound; the add-on allocates whatever size its input claims.
  decompress(bytes, out) {
    if (bytes.length > limits.pageBytesMax || out.length > limits.pageBytesMax)
      return decodeLz4Block(bytes, 0, bytes.length, out, 0, out.length) === out.length;
    workbench ??= makeWorkbench();
    workbench.bytes.set(bytes, sourceAt);
    if (workbench.kernels.decodeLz4(sourceAt, bytes.length, targetAt, out.length) !== out.length) return false;
    out.set(workbench.bytes.subarray(targetAt, targetAt + out.length));
    return true;
  },
};
