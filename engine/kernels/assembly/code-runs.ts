// Runs of equal codes: `ends` says in which row each run ends, `codes` what its rows hold.

const nobody: u32 = 0xffffffff;

@inline
function u32At(base: usize, i: u32): u32 {
  return load<u32>(base + (<usize>i << 2));
}

@inline
function codeAt<T>(codes: usize, run: u32): usize {
  return <usize>load<T>(codes + <usize>run * sizeof<T>());
}

@inline
function markOf<T>(
  firstRows: usize, slots: usize, from: u32, to: u32, ends: usize, codes: usize, shift: u32, table: usize,
  marks: usize, words: u32, others: u32
): void {
  const rowBytes = <usize>words << 2;
  let entry: u32 = 0;
  let run: u32 = 0;
  let row = from;
  while (row < to) {
    const next = u32At(firstRows, entry + 1);
    const end = next < to ? next : to;
    const slot = u32At(slots, entry);
    const place = marks + <usize>(slot == nobody ? others : slot) * rowBytes;
    if (words == 2) {
      let met = load<u64>(place);
      while (row < end) {
        met |= load<u64>(table + (codeAt<T>(codes, run) << 3));
        row = u32At(ends, run) + shift;
        if (row <= end) run++;
      }
      store<u64>(place, met);
    } else if (words == 4) {
      let met = v128.load(place);
      while (row < end) {
        met = v128.or(met, v128.load(table + (codeAt<T>(codes, run) << 4)));
        row = u32At(ends, run) + shift;
        if (row <= end) run++;
      }
      v128.store(place, met);
    } else {
      while (row < end) {
        const group = load<u32>(table + (codeAt<T>(codes, run) << 2));
        const at = place + (<usize>(group >> 5) << 2);
        store<u32>(at, load<u32>(at) | (1 << (group & 31)));
        row = u32At(ends, run) + shift;
        if (row <= end) run++;
      }
    }
    row = end;
    entry++;
  }
}

export function markCodeRuns(
  firstRows: usize, slots: usize, from: u32, to: u32, ends: usize, codes: usize, codeBytes: u32, shift: u32,
  table: usize, marks: usize, words: u32, others: u32
): void {
  if (codeBytes == 1) markOf<u8>(firstRows, slots, from, to, ends, codes, shift, table, marks, words, others);
  else if (codeBytes == 2) markOf<u16>(firstRows, slots, from, to, ends, codes, shift, table, marks, words, others);
  else markOf<u32>(firstRows, slots, from, to, ends, codes, shift, table, marks, words, others);
}

@inline
function countOf<T>(ends: usize, codes: usize, from: u32, to: u32, counts: usize): void {
  let row = from;
  for (let run: u32 = 0; row < to; run++) {
    const next = u32At(ends, run);
    const end = next < to ? next : to;
    const at = counts + (codeAt<T>(codes, run) << 2);
    store<u32>(at, load<u32>(at) + (end - row));
    row = end;
  }
}

export function countCodeRuns(ends: usize, codes: usize, codeBytes: u32, from: u32, to: u32, counts: usize): void {
  if (codeBytes == 1) countOf<u8>(ends, codes, from, to, counts);
  else if (codeBytes == 2) countOf<u16>(ends, codes, from, to, counts);
  else countOf<u32>(ends, codes, from, to, counts);
}

@inline
function sumRun<V>(at: usize, last: usize, base: f64): f64 {
  if (sizeof<V>() == 8) {
    let a: f64 = 0;
    let b: f64 = 0;
    let c: f64 = 0;
    let d: f64 = 0;
    for (; at + 32 <= last; at += 32) {
      a += base + load<f64>(at);
      b += base + load<f64>(at, 8);
      c += base + load<f64>(at, 16);
      d += base + load<f64>(at, 24);
    }
    for (; at < last; at += 8) a += base + load<f64>(at);
    return a + b + (c + d);
  }
  const rows = <u64>((last - at) / sizeof<V>());
  let sum: u64 = 0;
  for (; at + 4 * sizeof<V>() <= last; at += 4 * sizeof<V>()) {
    const low = <u64>load<V>(at) + <u64>load<V>(at, sizeof<V>());
    sum += low + (<u64>load<V>(at, 2 * sizeof<V>()) + <u64>load<V>(at, 3 * sizeof<V>()));
  }
  for (; at < last; at += sizeof<V>()) sum += <u64>load<V>(at);
  return <f64>sum + base * <f64>rows;
}

@inline
function sumOf<T, V>(ends: usize, codes: usize, from: u32, to: u32, values: usize, base: f64, sums: usize): void {
  let row = from;
  let at = values;
  for (let run: u32 = 0; row < to; run++) {
    const next = u32At(ends, run);
    const end = next < to ? next : to;
    if (end == row) continue;
    const last = at + <usize>(end - row) * sizeof<V>();
    const sum = sums + (codeAt<T>(codes, run) << 3);
    store<f64>(sum, load<f64>(sum) + sumRun<V>(at, last, base));
    at = last;
    row = end;
  }
}

@inline
function sumCodes<T>(
  ends: usize, codes: usize, from: u32, to: u32, values: usize, valueBytes: u32, base: f64, sums: usize
): void {
  if (valueBytes == 1) sumOf<T, u8>(ends, codes, from, to, values, base, sums);
  else if (valueBytes == 2) sumOf<T, u16>(ends, codes, from, to, values, base, sums);
  else if (valueBytes == 4) sumOf<T, u32>(ends, codes, from, to, values, base, sums);
  else sumOf<T, f64>(ends, codes, from, to, values, base, sums);
}

export function sumCodeRuns(
  ends: usize, codes: usize, codeBytes: u32, from: u32, to: u32, values: usize, valueBytes: u32, base: f64, sums: usize
): void {
  if (codeBytes == 1) sumCodes<u8>(ends, codes, from, to, values, valueBytes, base, sums);
  else if (codeBytes == 2) sumCodes<u16>(ends, codes, from, to, values, valueBytes, base, sums);
  else sumCodes<u32>(ends, codes, from, to, values, valueBytes, base, sums);
}

export function rankRuns(ends: usize, from: u32, to: u32, bits: usize, ranks: usize): u32 {
  let row = from;
  let rank: u32 = 0;
  let out = ranks;
  const bitsEnd = bits + (<usize>(to + 7) >> 3);
  for (let run: u32 = 0; row < to; run++) {
    const next = u32At(ends, run);
    const end = next < to ? next : to;
    while (row < end) {
      const within = row & 7;
      const at = bits + (<usize>row >> 3);
      // Eight bytes hold 57 bits at least from the row's on; near the end there are fewer bytes.
      const isWide = at + 8 <= bitsEnd;
      const count = min<u32>(end - row, isWide ? 56 : 8 - within);
      const word = (isWide ? load<u64>(at) : <u64>load<u8>(at)) >> <u64>within;
      rank += <u32>popcnt(word & ((<u64>1 << <u64>count) - 1));
      row += count;
    }
    store<u32>(out, rank);
    out += 4;
  }
  return rank;
}
