// States of groups, addressed by the group of each row. Widths come as bytes and are told apart once a call; 0 bytes
// mean that there are no groups (u64 stands for that below: no group is as wide), and all rows are of group 0.

@inline
function numberAt<T>(base: usize, i: u32): u32 {
  return <u32>load<T>(base + <usize>i * sizeof<T>());
}

@inline
function groupAt<G>(groups: usize, i: u32): usize {
  return sizeof<G>() == 8 ? 0 : <usize>numberAt<G>(groups, i);
}

@inline
function floatAt<V>(values: usize, i: u32): f64 {
  return <f64>load<V>(values + <usize>i * sizeof<V>());
}

@inline
function increment(counts: usize, group: usize): void {
  const at = counts + (group << 2);
  store<u32>(at, load<u32>(at) + 1);
}

@inline
function countGroups<G>(groups: usize, count: u32, counts: usize, stride: u32): void {
  const one = counts + (<usize>stride << 2);
  const two = one + (<usize>stride << 2);
  const three = two + (<usize>stride << 2);
  const whole = count & ~3;
  let i: u32 = 0;
  for (; i < whole; i += 4) {
    increment(counts, groupAt<G>(groups, i));
    increment(one, groupAt<G>(groups, i + 1));
    increment(two, groupAt<G>(groups, i + 2));
    increment(three, groupAt<G>(groups, i + 3));
  }
  for (; i < count; i++) increment(counts, groupAt<G>(groups, i));
}

export function groupCount(groups: usize, groupBytes: u32, count: u32, counts: usize, stride: u32): void {
  if (groupBytes == 1) countGroups<u8>(groups, count, counts, stride);
  else if (groupBytes == 2) countGroups<u16>(groups, count, counts, stride);
  else if (groupBytes == 4) countGroups<u32>(groups, count, counts, stride);
  else store<u32>(counts, load<u32>(counts) + count);
}

@inline
function add(sums: usize, group: usize, value: f64): void {
  const at = sums + (group << 3);
  store<f64>(at, load<f64>(at) + value);
}

@inline
function sumGroups<G, V>(groups: usize, values: usize, count: u32, base: f64, sums: usize, stride: u32): void {
  const one = sums + (<usize>stride << 3);
  const two = one + (<usize>stride << 3);
  const three = two + (<usize>stride << 3);
  const whole = count & ~3;
  let i: u32 = 0;
  for (; i < whole; i += 4) {
    add(sums, groupAt<G>(groups, i), base + floatAt<V>(values, i));
    add(one, groupAt<G>(groups, i + 1), base + floatAt<V>(values, i + 1));
    add(two, groupAt<G>(groups, i + 2), base + floatAt<V>(values, i + 2));
    add(three, groupAt<G>(groups, i + 3), base + floatAt<V>(values, i + 3));
  }
  for (; i < count; i++) add(sums, groupAt<G>(groups, i), base + floatAt<V>(values, i));
}

@inline
function sumValues<G>(groups: usize, values: usize, valueBytes: u32, count: u32, base: f64, sums: usize, stride: u32): void {
  if (valueBytes == 1) sumGroups<G, u8>(groups, values, count, base, sums, stride);
  else if (valueBytes == 2) sumGroups<G, u16>(groups, values, count, base, sums, stride);
  else if (valueBytes == 4) sumGroups<G, u32>(groups, values, count, base, sums, stride);
  else sumGroups<G, f64>(groups, values, count, base, sums, stride);
}

export function groupSum(
  groups: usize, groupBytes: u32, values: usize, valueBytes: u32, count: u32, base: f64, sums: usize, stride: u32,
): void {
  if (groupBytes == 1) sumValues<u8>(groups, values, valueBytes, count, base, sums, stride);
  else if (groupBytes == 2) sumValues<u16>(groups, values, valueBytes, count, base, sums, stride);
  else if (groupBytes == 4) sumValues<u32>(groups, values, valueBytes, count, base, sums, stride);
  else sumValues<u64>(groups, values, valueBytes, count, base, sums, stride);
}

@inline
function leastGroups<G, V>(groups: usize, values: usize, count: u32, base: f64, extremes: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = extremes + (groupAt<G>(groups, i) << 3);
    const value = base + floatAt<V>(values, i);
    const known = load<f64>(at);
    if (value < known || known != known) store<f64>(at, value);
  }
}

@inline
function leastValues<G>(groups: usize, values: usize, valueBytes: u32, count: u32, base: f64, extremes: usize): void {
  if (valueBytes == 1) leastGroups<G, u8>(groups, values, count, base, extremes);
  else if (valueBytes == 2) leastGroups<G, u16>(groups, values, count, base, extremes);
  else if (valueBytes == 4) leastGroups<G, u32>(groups, values, count, base, extremes);
  else leastGroups<G, f64>(groups, values, count, base, extremes);
}

export function groupLeast(
  groups: usize, groupBytes: u32, values: usize, valueBytes: u32, count: u32, base: f64, extremes: usize,
): void {
  if (groupBytes == 1) leastValues<u8>(groups, values, valueBytes, count, base, extremes);
  else if (groupBytes == 2) leastValues<u16>(groups, values, valueBytes, count, base, extremes);
  else if (groupBytes == 4) leastValues<u32>(groups, values, valueBytes, count, base, extremes);
  else leastValues<u64>(groups, values, valueBytes, count, base, extremes);
}

@inline
function greatestGroups<G, V>(groups: usize, values: usize, count: u32, base: f64, extremes: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = extremes + (groupAt<G>(groups, i) << 3);
    const value = base + floatAt<V>(values, i);
    if (value > load<f64>(at) || value != value) store<f64>(at, value);
  }
}

@inline
function greatestValues<G>(groups: usize, values: usize, valueBytes: u32, count: u32, base: f64, extremes: usize): void {
  if (valueBytes == 1) greatestGroups<G, u8>(groups, values, count, base, extremes);
  else if (valueBytes == 2) greatestGroups<G, u16>(groups, values, count, base, extremes);
  else if (valueBytes == 4) greatestGroups<G, u32>(groups, values, count, base, extremes);
  else greatestGroups<G, f64>(groups, values, count, base, extremes);
}

export function groupGreatest(
  groups: usize, groupBytes: u32, values: usize, valueBytes: u32, count: u32, base: f64, extremes: usize,
): void {
  if (groupBytes == 1) greatestValues<u8>(groups, values, valueBytes, count, base, extremes);
  else if (groupBytes == 2) greatestValues<u16>(groups, values, valueBytes, count, base, extremes);
  else if (groupBytes == 4) greatestValues<u32>(groups, values, valueBytes, count, base, extremes);
  else greatestValues<u64>(groups, values, valueBytes, count, base, extremes);
}

@inline
function spreadGroups<G, V>(groups: usize, values: usize, count: u32, base: f64, spreads: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = spreads + groupAt<G>(groups, i) * 24;
    const value = base + floatAt<V>(values, i);
    const mean = load<f64>(at, 8);
    const distance = value - mean;
    const rows = load<f64>(at) + 1;
    const next = mean + distance / rows;
    store<f64>(at, rows);
    store<f64>(at, next, 8);
    store<f64>(at, load<f64>(at, 16) + distance * (value - next), 16);
  }
}

@inline
function spreadValues<G>(groups: usize, values: usize, valueBytes: u32, count: u32, base: f64, spreads: usize): void {
  if (valueBytes == 1) spreadGroups<G, u8>(groups, values, count, base, spreads);
  else if (valueBytes == 2) spreadGroups<G, u16>(groups, values, count, base, spreads);
  else if (valueBytes == 4) spreadGroups<G, u32>(groups, values, count, base, spreads);
  else spreadGroups<G, f64>(groups, values, count, base, spreads);
}

export function groupSpread(
  groups: usize, groupBytes: u32, values: usize, valueBytes: u32, count: u32, base: f64, spreads: usize,
): void {
  if (groupBytes == 1) spreadValues<u8>(groups, values, valueBytes, count, base, spreads);
  else if (groupBytes == 2) spreadValues<u16>(groups, values, valueBytes, count, base, spreads);
  else if (groupBytes == 4) spreadValues<u32>(groups, values, valueBytes, count, base, spreads);
  else spreadValues<u64>(groups, values, valueBytes, count, base, spreads);
}

@inline
function pairGroups<G, V>(groups: usize, values: usize, count: u32, shift: u32, range: u32, counts: usize): void {
  const from = counts + (<usize>shift << 2);
  for (let i: u32 = 0; i < count; i++)
    increment(from, groupAt<G>(groups, i) * <usize>range + <usize>numberAt<V>(values, i));
}

@inline
function pairValues<G>(
  groups: usize, values: usize, valueBytes: u32, count: u32, shift: u32, range: u32, counts: usize,
): void {
  if (valueBytes == 1) pairGroups<G, u8>(groups, values, count, shift, range, counts);
  else if (valueBytes == 2) pairGroups<G, u16>(groups, values, count, shift, range, counts);
  else pairGroups<G, u32>(groups, values, count, shift, range, counts);
}

export function groupPairs(
  groups: usize, groupBytes: u32, values: usize, valueBytes: u32, count: u32, shift: u32, range: u32, counts: usize,
): void {
  if (groupBytes == 1) pairValues<u8>(groups, values, valueBytes, count, shift, range, counts);
  else if (groupBytes == 2) pairValues<u16>(groups, values, valueBytes, count, shift, range, counts);
  else if (groupBytes == 4) pairValues<u32>(groups, values, valueBytes, count, shift, range, counts);
  else pairValues<u64>(groups, values, valueBytes, count, shift, range, counts);
}
