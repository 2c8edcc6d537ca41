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
    noteSessions(times, firsts, lasts, count, notes, last, out) {
      const { u32, f64 } = views();
      for (let session = 0; session < count; session++) {
        const [first, end] = [u32[firsts / 4 + session], u32[lasts / 4 + session]];
        u32[out / 4 + session] = noteOfSession(f64, times / 8, u32, notes / 4, first, end, last === 1);
      }
    },
  };
}

/** @returns the first note of the places [first, end] that is not 0, or with `last` that of the latest time, of equal times the first; 0 = none. */
export function noteOfSession(
  times: Float64Array,
  timesFrom: number,
  notes: Uint32Array,
  notesFrom: number,
  first: number,
  end: number,
  last: boolean,
): number {
  let note = 0;
  let time = -Infinity;
  for (let place = first; place <= end; place++) {
    const own = notes[notesFrom + place];
    if (own === 0 || (note !== 0 && !(last && times[timesFrom + place] > time))) continue;
    note = own;
    time = times[timesFrom + place];
  }
  return note;
}
