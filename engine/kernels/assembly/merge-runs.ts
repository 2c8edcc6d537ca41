// Runs of the codes of two keys become runs of their combinations.

@inline
function u32At(base: usize, i: u32): u32 {
  return load<u32>(base + (<usize>i << 2));
}

@inline
function codeAt<T>(codes: usize, at: u32): u32 {
  return <u32>load<T>(codes + <usize>at * sizeof<T>());
}

@inline
function mergeOf<A, B>(
  ends: usize, codes: usize, otherEnds: usize, others: usize, from: u32, to: u32, size: u32, outEnds: usize, outCodes: usize
): u32 {
  let a: u32 = 0;
  let b: u32 = 0;
  let count: u32 = 0;
  // Only the first runs may end where the rows begin.
  a += <u32>(u32At(ends, 0) <= from);
  b += <u32>(u32At(otherEnds, 0) <= from);
  for (let row = from; row < to;) {
    const endA = u32At(ends, a);
    const endB = u32At(otherEnds, b);
    // The lesser, without a branch that nobody could foretell.
    const end = endB ^ ((endA ^ endB) & -(<u32>(endA < endB)));
    const at = <usize>count << 2;
    store<u32>(outEnds + at, end);
    store<u32>(outCodes + at, codeAt<A>(codes, a) * size + codeAt<B>(others, b));
    count++;
    a += <u32>(endA == end);
    b += <u32>(endB == end);
    row = end;
  }
  return count;
}

@inline
function mergeWith<A>(
  ends: usize, codes: usize, otherEnds: usize, others: usize, otherBytes: u32, from: u32, to: u32, size: u32,
  outEnds: usize, outCodes: usize
): u32 {
  if (otherBytes == 1) return mergeOf<A, u8>(ends, codes, otherEnds, others, from, to, size, outEnds, outCodes);
  if (otherBytes == 2) return mergeOf<A, u16>(ends, codes, otherEnds, others, from, to, size, outEnds, outCodes);
  return mergeOf<A, u32>(ends, codes, otherEnds, others, from, to, size, outEnds, outCodes);
}

export function mergeCodeRuns(
  ends: usize, codes: usize, codeBytes: u32, otherEnds: usize, others: usize, otherBytes: u32, from: u32, to: u32,
  size: u32, outEnds: usize, outCodes: usize
): u32 {
  if (codeBytes == 1)
    return mergeWith<u8>(ends, codes, otherEnds, others, otherBytes, from, to, size, outEnds, outCodes);
  if (codeBytes == 2)
    return mergeWith<u16>(ends, codes, otherEnds, others, otherBytes, from, to, size, outEnds, outCodes);
  return mergeWith<u32>(ends, codes, otherEnds, others, otherBytes, from, to, size, outEnds, outCodes);
}
