// @ts-ignore: decorator
@inline
function bump(counts: usize, code: u32): void {
  const at = counts + (<usize>code << 2);
  store<u32>(at, load<u32>(at) + 1);
}

export function countGroupsU8(codes: usize, count: u32, counts: usize): void {
  for (let i: u32 = 0; i < count; i++) bump(counts, load<u8>(codes + <usize>i));
}

export function countGroupsU16(codes: usize, count: u32, counts: usize): void {
  for (let i: u32 = 0; i < count; i++) bump(counts, load<u16>(codes + (<usize>i << 1)));
}
