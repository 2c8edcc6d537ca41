@inline
function gather<T>(from: usize, rows: usize, count: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    store<T>(out + <usize>i * sizeof<T>(), load<T>(from + <usize>load<u32>(rows + (<usize>i << 2)) * sizeof<T>()));
  }
}

export function gatherU8(from: usize, rows: usize, count: u32, out: usize): void {
  gather<u8>(from, rows, count, out);
}

export function gatherU16(from: usize, rows: usize, count: u32, out: usize): void {
  gather<u16>(from, rows, count, out);
}

export function gatherU32(from: usize, rows: usize, count: u32, out: usize): void {
  gather<u32>(from, rows, count, out);
}

export function gatherF64(from: usize, rows: usize, count: u32, out: usize): void {
  gather<f64>(from, rows, count, out);
}
