import type { BehaviourKernels } from '../behaviour-kernels.ts';
import type { Views } from './views.ts';

/** The twins of the kernels that count what actors do. */
export function behaviourKernels(views: () => Views): BehaviourKernels {
  return {
    countReturns(marks, slots, words, cohorts, complete, periods, recurring, after, counts) {
      const { u32 } = views();
      for (let slot = 0; slot < slots; slot++) {
        const begun = bitsOf(u32, marks / 4 + slot * words, words / 2).filter((bit) => bit < cohorts);
        const returned = bitsOf(u32, marks / 4 + slot * words + words / 2, words / 2).filter((bit) => bit < complete);
        for (const cohort of recurring === 0 ? begun.slice(0, 1) : begun) {
          const cells = counts / 4 + cohort * (periods + 1);
          u32[cells]++;
          for (let period = 1; period <= periods; period++) {
            const bucket = cohort + period;
            const isMet = after === 0 ? returned.includes(bucket) : returned.some((bit) => bit >= bucket);
            if (isMet) u32[cells + period]++;
          }
        }
      }
    },
    countLives(marks, slots, words, counts) {
      const { u32 } = views();
      for (let slot = 0; slot < slots; slot++) {
        const bits = bitsOf(u32, marks / 4 + slot * words, words);
        const met = new Set(bits);
        for (const bit of bits) {
          const kind = bit === bits[0] ? 0 : met.has(bit - 1) ? 1 : 2;
          u32[counts / 4 + 4 * bit + kind]++;
          if (!met.has(bit + 1) && bit + 1 < 32 * words) u32[counts / 4 + 4 * (bit + 1) + 3]++;
        }
      }
    },
    countPathNodes(starts, ends, slots, times, nodes, nodeCount, gap, depth, counts) {
      const { u32, f64 } = views();
      for (let slot = 0; slot < slots; slot++)
        eachSession(u32, f64, [starts, ends, times, nodes], slot, gap, (own) => {
          own.slice(0, depth + 1).forEach(({ node }, step) => u32[counts / 4 + step * nodeCount + node]++);
        });
    },
    countPathEdges(starts, ends, slots, times, nodes, nodeCount, gap, depth, names, width, firstActor, counts, ms) {
      const { u32, f64 } = views();
      const edges = depth * width * width;
      const nameOf = (step: number, node: number): number => u32[names / 4 + step * nodeCount + node];
      for (let slot = 0; slot < slots; slot++)
        eachSession(u32, f64, [starts, ends, times, nodes], slot, gap, (own) => {
          own.slice(0, depth).forEach(({ node, time }, step) => {
            const to = own[step + 1];
            const target = to === undefined ? 0 : nameOf(step + 1, to.node);
            const edge = (step * width + nameOf(step, node)) * width + target;
            u32[counts / 4 + edge]++;
            if (to !== undefined) f64[ms / 8 + edge] += to.time - time;
            if (u32[counts / 4 + 2 * edges + edge] === firstActor + slot + 1) return;
            u32[counts / 4 + 2 * edges + edge] = firstActor + slot + 1;
            u32[counts / 4 + edges + edge]++;
          });
        });
    },
  };
}

function bitsOf(u32: Uint32Array, from: number, words: number): number[] {
  const bits: number[] = [];
  for (let bit = 0; bit < 32 * words; bit++) if (((u32[from + (bit >>> 5)] >>> (bit & 31)) & 1) !== 0) bits.push(bit);
  return bits;
}

/** Gives the merged nodes of each session of a slot. */
function eachSession(
  u32: Uint32Array,
  f64: Float64Array,
  [starts, ends, times, nodes]: readonly [number, number, number, number],
  slot: number,
  gap: number,
  take: (own: readonly { readonly node: number; readonly time: number }[]) => void,
): void {
  const to = u32[ends / 4 + slot];
  let own: { node: number; time: number }[] = [];
  for (let place = u32[starts / 4 + slot], before = Infinity; place < to; place++) {
    const time = f64[times / 8 + place];
    if (time - before > gap) {
      take(own);
      own = [];
    }
    before = time;
    const node = u32[nodes / 4 + place];
    if (node !== 0 && node !== own[own.length - 1]?.node) own.push({ node, time });
  }
  take(own);
}
