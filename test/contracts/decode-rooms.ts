import type { DecodeRoom } from '../../engine/column/encodings/encoding.ts';
import type { Kernels } from '../../engine/kernels/kernels.ts';
import { loadKernels } from '../../engine/kernels/load.ts';
import { createSharedMemory, reservedBytes } from '../../engine/kernels/memory.ts';
import { createScalarKernels } from '../../engine/kernels/scalar/scalar-kernels.ts';

const memory = createSharedMemory({ initialBytes: 2 ** 22, maximumBytes: 2 ** 22 });
const all = new Uint8Array(memory.buffer);
const kernelsOfKind: Readonly<Record<'wasm' | 'scalar', Kernels>> = {
  wasm: loadKernels(memory),
  scalar: createScalarKernels(memory),
};
const scratchBytes = 2 ** 19;

/** Bytes to be decoded where kernels reach them, and the room beside them. */
export interface MemoryRoom {
  readonly bytes: Uint8Array;
  readonly room: DecodeRoom;
}

/** Puts bytes between poison into a memory; what does not fit into it lies on the heap. */
export function roomInMemory(kind: 'wasm' | 'scalar', poison: number, bytes: Uint8Array): MemoryRoom {
  all.fill(poison, reservedBytes, reservedBytes + 2 ** 16);
  const at = reservedBytes + 33;
  all.set(bytes, at);
  const scratchAt = reservedBytes + Math.ceil((bytes.length + 128) / 64) * 64;
  let next = scratchAt + scratchBytes;
  const onHeap = (count: number): { buffer: ArrayBuffer; byteOffset: number } => ({
    buffer: new Uint8Array(count).fill(0xa5).buffer,
    byteOffset: 0,
  });
  return {
    bytes: all.subarray(at, at + bytes.length),
    room: {
      kernels: kernelsOfKind[kind],
      scratch: (count) => (count > scratchBytes ? onHeap(count) : { buffer: memory.buffer, byteOffset: scratchAt }),
      allocate(count) {
        const byteOffset = next;
        if (byteOffset + count > all.length) return onHeap(count);
        next += Math.ceil(count / 8) * 8;
        all.fill(0xa5, byteOffset, byteOffset + count);
        return { buffer: memory.buffer, byteOffset };
      },
    },
  };
}
