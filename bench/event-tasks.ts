import type { Pointer } from '../engine/kernels/kernels.ts';
import type { SharedMemory } from '../engine/kernels/webassembly.ts';
import type { KernelTask } from './kernel-tasks.ts';

/** Rows of an actor; steps of a funnel; nodes of paths; ms between two events, and those that end a session. */
const runRows = 16;
const steps = 3;
const nodes = 20;
const meanGap = 1_000_000;
const sessionGap = 1_800_000;
const depth = 5;

/** @returns bytes that these tasks need for themselves. */
export function memoryOfEventTasks(rows: number): number {
  return placesOf(0, rows).bytes;
}

function placesOf(begin: Pointer, rows: number) {
  let end = begin;
  const take = (bytes: number): Pointer => {
    const at = end;
    end = (end + bytes + 63) & ~63;
    return at;
  };
  const runs = rows / runRows;
  const names = nodes + 1;
  return {
    firstRows: take(4 * (runs + 2)),
    slots: take(4 * (runs + 2)),
    starts: take(4 * (runs + 2)),
    ends: take(4 * (runs + 2)),
    next: take(4 * (runs + 2)),
    unsorted: take(runs + 2),
    codes: take(rows),
    table: take(4 * 256),
    bits: take(rows / 8 + 8),
    times: take(8 * rows),
    placed: take(8 * rows),
    notes: take(4 * rows),
    marks: take(4 * rows),
    buckets: take(16 * runs),
    cells: take(4 * 64 * 64),
    placedNotes: take(4 * rows),
    rows: take(20 * steps * runs),
    ms: take(8 * steps * runs),
    work: take(4096),
    names: take(4 * names * (depth + 1)),
    edges: take(12 * depth * names * names),
    sums: take(8 * depth * names * names),
    firsts: take(4 * rows),
    lasts: take(4 * rows),
    bytes: end - begin,
  };
}

/** Fills memory from `begin` on and lists the kernels that put events in order and follow them. */
export function eventTasks(memory: SharedMemory, begin: Pointer, rows: number): KernelTask[] {
  const at = placesOf(begin, rows);
  const runs = rows / runRows;
  fill(memory, at, rows);
  const u32 = new Uint32Array(memory.buffer);
  const task = (name: string, bytes: number, run: KernelTask['run']): KernelTask => ({ name, rows, bytes, run });
  const begun = (): void => {
    u32.copyWithin(at.next / 4, at.starts / 4, at.starts / 4 + runs);
  };
  const place = (name: string, bits: Pointer): KernelTask =>
    task(name, 17 * rows + 8 * runs, (k) => {
      begun();
      k.placeEvents(
        at.firstRows,
        at.slots,
        0,
        bits,
        0,
        rows,
        at.codes,
        1,
        at.table,
        at.times,
        8,
        0,
        at.starts,
        at.next,
        at.unsorted,
        at.placed,
        at.placedNotes,
      );
    });
  const { starts, ends, times, notes } = at;
  return [
    place('placeEvents, runs of 16', 0),
    place('placeEvents, one in eight', at.bits),
    task('placeNotes, runs of 16', 5 * rows, (k) => {
      begun();
      k.placeNotes(at.firstRows, at.slots, 0, 0, 0, rows, at.codes, 1, at.table, at.next, at.placedNotes);
    }),
    ...(['loose', 'strict', 'strict_order'] as const).map((name, order) =>
      task(`funnelAttempts ${name}, 3 steps`, 12 * rows, (k) =>
        k.funnelAttempts(
          starts,
          ends,
          runs,
          times,
          at.marks,
          steps,
          5 * meanGap,
          order,
          0,
          Infinity,
          0,
          at.work,
          at.rows,
          at.ms,
          at.work + 2048,
        ),
      ),
    ),
    task('countPathNodes of 20', 12 * rows, (k) =>
      k.countPathNodes(starts, ends, runs, times, notes, nodes + 1, sessionGap, depth, at.edges),
    ),
    task('countPathEdges of 20', 12 * rows, (k) =>
      k.countPathEdges(
        starts,
        ends,
        runs,
        times,
        notes,
        nodes + 1,
        sessionGap,
        depth,
        at.names,
        nodes + 1,
        0,
        at.edges,
        at.sums,
      ),
    ),
    task('countRunRows and layOutSlots', 12 * runs, (k) => {
      u32.fill(0, at.next / 4, at.next / 4 + runs);
      k.countRunRows(at.firstRows, at.slots, runs, at.next);
      k.layOutSlots(at.next, runs, at.lasts);
    }),
    task('countReturns, two series of 64', 16 * runs, (k) =>
      k.countReturns(at.buckets, runs, 4, 64, 64, 30, 0, 0, at.cells),
    ),
    task('countLives of 64', 8 * runs, (k) => k.countLives(at.buckets, 2 * runs, 2, at.cells)),
    task('cutSessions', 8 * rows, (k) =>
      k.cutSessions(starts, ends, runs, times, sessionGap, -Infinity, Infinity, at.firsts, at.lasts),
    ),
    task('sessions of one event: numbers, sizes, notes', 20 * rows, (k) => {
      k.numberSessions(times, at.firsts, at.firsts, runs, 2, at.placed);
      k.sizeSessions(at.firsts, at.firsts, runs, at.placedNotes);
      k.noteSessions(times, at.firsts, at.firsts, runs, notes, 0, at.placedNotes);
    }),
  ];
}

function fill(memory: SharedMemory, at: ReturnType<typeof placesOf>, rows: number): void {
  const u32 = new Uint32Array(memory.buffer);
  const u8 = new Uint8Array(memory.buffer);
  const f64 = new Float64Array(memory.buffer);
  const runs = rows / runRows;
  for (let run = 0; run <= runs; run++) {
    u32[at.firstRows / 4 + run] = run * runRows;
    u32[at.slots / 4 + run] = run;
    u32[at.starts / 4 + run] = run * runRows;
    u32[at.ends / 4 + run] = (run + 1) * runRows;
  }
  let state = 1;
  for (let row = 0, time = 0; row < rows; row++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    time = row % runRows === 0 ? 0 : time + (state % (2 * meanGap));
    const code = (state >>> 16) % nodes;
    u8[at.codes + row] = code;
    f64[at.times / 8 + row] = time;
    u32[at.notes / 4 + row] = code + 1;
    u32[at.marks / 4 + row] = code < steps ? 1 << code : 0;
  }
  for (let word = 0; word < 4 * runs; word++) u32[at.buckets / 4 + word] = Math.imul(word + 1, 0x9e3779b1) & 0x11111111;
  for (let code = 0; code < 256; code++) u32[at.table / 4 + code] = code < steps ? 1 << code : 0;
  u8.fill(0x10, at.bits, at.bits + rows / 8 + 8);
  for (let name = 0; name < (nodes + 1) * (depth + 1); name++) u32[at.names / 4 + name] = 1 + (name % nodes);
}
