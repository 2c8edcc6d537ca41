import { createRequire } from 'node:module';
import { decodeLz4Block } from '../../kernels/scalar/lz4.ts';
import { roomBytes, threadWorkbench } from '../../kernels/workbench.ts';
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

/** LZ4 block format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md */
export const lz4: Codec = {
  id: 1,
  name: 'lz4',
  compress(bytes) {
    if (native === undefined) native = loadNative();
    return native === null ? null : native.compressSync(bytes).subarray(prefixBytes);
  },
  // Our own decoder checks every bound; the add-on allocates whatever size its input claims.
  decompress(bytes, out, kernels = null) {
    if (kernels !== null)
      return kernels.decodeLz4(bytes.byteOffset, bytes.length, out.byteOffset, out.length) === out.length;
    if (bytes.length > roomBytes || out.length > roomBytes)
      return decodeLz4Block(bytes, 0, bytes.length, out, 0, out.length) === out.length;
    const bench = threadWorkbench();
    bench.bytes.set(bytes, bench.first);
    if (bench.kernels.decodeLz4(bench.first, bytes.length, bench.second, out.length) !== out.length) return false;
    out.set(bench.bytes.subarray(bench.second, bench.second + out.length));
    return true;
  },
};
