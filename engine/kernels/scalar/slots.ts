import type { SlotKernels } from '../slot-kernels.ts';
import type { Views } from './views.ts';

/** Hashes and places of slots as the compiled kernel has them: 16 bytes a slot. */
const slotWords = 4;
const nobody = 0xffffffff;

/** @returns the twins of the kernels over directories and the rows of their entries. */
export function slotKernels(views: () => Views): SlotKernels {
  return {
    assignSlots: (hashes, empty, offsets, texts, count, low, high, scale, table, places, stray, known, slots, out) => {
      const { u8, u32 } = views();
      const [hashesAt, offsetsAt, tableAt, knownAt, outAt] = [hashes / 4, offsets / 4, table / 4, known / 4, out / 4];
      let next = slots;
      for (let entry = 0; entry < count; entry++) {
        if (u8[empty + entry] !== 0) {
          u32[outAt + entry] = nobody;
          continue;
        }
        const ownLow = u32[hashesAt + 2 * entry];
        const ownHigh = u32[hashesAt + 2 * entry + 1];
        const text = texts + u32[offsetsAt + entry];
        const length = u32[offsetsAt + entry + 1] - u32[offsetsAt + entry];
        const above = (ownHigh - high) * 2 ** 32 + (ownLow - low);
        let place = Math.floor(above * scale) & (places - 1);
        for (let away = 0; ; place = (place + 1) & (places - 1)) {
          const met = u32[tableAt + place];
          if (met === 0) {
            u32.set([ownLow, ownHigh, text, length], knownAt + slotWords * next);
            u32[outAt + entry] = next;
            u32[tableAt + place] = ++next;
            break;
          }
          const other = knownAt + slotWords * (met - 1);
          const isSameHash = u32[other] === ownLow && u32[other + 1] === ownHigh;
          if (isSameHash && u32[other + 3] === length && isSameText(u8, u32[other + 2], text, length)) {
            u32[outAt + entry] = met - 1;
            break;
          }
          if (++away > stray) return -1;
        }
      }
      return next;
    },
    countSlotRows(firstRows, slots, from, to, bits, first, counts) {
      const { u8, u32 } = views();
      for (let row = from, run = 0; row < to; run++) {
        const end = Math.min(u32[firstRows / 4 + run + 1], to);
        const slot = u32[slots / 4 + run];
        if (slot !== nobody && end > row)
          u32[counts / 4 + slot] += bits === 0 ? end - row : countBetween(u8, bits, row - first, end - first);
        row = end;
      }
    },
  };
}

function countBetween(bytes: Uint8Array, bits: number, start: number, end: number): number {
  let found = 0;
  for (let bit = start; bit < end; bit++) found += (bytes[bits + (bit >> 3)] >> (bit & 7)) & 1;
  return found;
}

function isSameText(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let at = 0; at < length; at++) if (bytes[a + at] !== bytes[b + at]) return false;
  return true;
}
