@inline
function groupCount<T>(codes: usize, count: u32, counts: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = counts + (<usize>load<T>(codes + <usize>i * sizeof<T>()) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

export function groupCountU8(codes: usize, count: u32, counts: usize): void {
  groupCount<u8>(codes, count, counts);
}

export function groupCountU16(codes: usize, count: u32, counts: usize): void {
  groupCount<u16>(codes, count, counts);
}

export function groupCountU32(groups: usize, count: u32, counts: usize): void {
  groupCount<u32>(groups, count, counts);
}

@inline
function groupSum<T>(groups: usize, values: usize, count: u32, sums: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = sums + (<usize>load<u32>(groups + (<usize>i << 2)) << 3);
    store<f64>(at, load<f64>(at) + <f64>load<T>(values + <usize>i * sizeof<T>()));
  }
}

export function groupSumU8(groups: usize, values: usize, count: u32, sums: usize): void {
  groupSum<u8>(groups, values, count, sums);
}

export function groupSumU16(groups: usize, values: usize, count: u32, sums: usize): void {
  groupSum<u16>(groups, values, count, sums);
}

export function groupSumU32(groups: usize, values: usize, count: u32, sums: usize): void {
  groupSum<u32>(groups, values, count, sums);
}

export function groupSumF64(groups: usize, values: usize, count: u32, sums: usize): void {
  groupSum<f64>(groups, values, count, sums);
}
