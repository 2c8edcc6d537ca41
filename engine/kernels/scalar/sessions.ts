import { sessionNumbers, type SessionKernels } from '../behaviour-kernels.ts';
import type { Views } from './views.ts';

/** The twins of the kernels that cut sessions. */
export function sessionKernels(views: () => Views): SessionKernels {
  return {
    cutSessions(starts, ends, slots, times, gap, since, until, firsts, lasts) {
      const { u32, f64 } = views();
      let count = 0;
      for (let slot = 0; slot < slots; slot++) {
        const end = u32[ends / 4 + slot];
        for (let first = u32[starts / 4 + slot], next = first; first < end; first = next) {
          for (next = first + 1; next < end; next++)
            if (f64[times / 8 + next] - f64[times / 8 + next - 1] > gap) break;
          const begin = f64[times / 8 + first];
          if (!(begin >= since && begin < until)) continue;
          u32[firsts / 4 + count] = first;
          u32[lasts / 4 + count++] = next - 1;
        }
      }
      return count;
    },
    numberSessions(times, firsts, lasts, count, kind, out) {
      const { u32, f64 } = views();
      for (let session = 0; session < count; session++) {
        const [first, last] = [u32[firsts / 4 + session], u32[lasts / 4 + session]];
        const [start, end] = [f64[times / 8 + first], f64[times / 8 + last]];
        const numbers = { start, last: end, duration: end - start, events: last - first + 1 };
        const [name] = Object.entries(sessionNumbers).find(([, own]) => own === kind)!;
        f64[out / 8 + session] = numbers[name as keyof typeof numbers];
      }
    },
    sizeSessions(firsts, lasts, count, out) {
      const { u32 } = views();
      for (let session = 0; session < count; session++)
        u32[out / 4 + session] = u32[lasts / 4 + session] - u32[firsts / 4 + session] + 1;
    },
    noteSessions(firsts, lasts, count, notes, last, out) {
      const { u32 } = views();
      for (let session = 0; session < count; session++) {
        const own = u32.slice(notes / 4 + u32[firsts / 4 + session], notes / 4 + u32[lasts / 4 + session] + 1);
        u32[out / 4 + session] = (last === 1 ? own.reverse() : own).find((note) => note !== 0) ?? 0;
      }
    },
  };
}
