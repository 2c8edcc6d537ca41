// Runs of one key's codes are mixed with another key's codes of each row.

@inline
function runCode(runs: usize, runBytes: u32, at: u32): u32 {
  if (runBytes == 1) return <u32>load<u8>(runs + <usize>at);
  if (runBytes == 2) return <u32>load<u16>(runs + (<usize>at << 1));
  return load<u32>(runs + (<usize>at << 2));
}

// Eight codes as 16-bit lanes.
@inline
function eightAt<T>(base: usize, i: u32): v128 {
  return sizeof<T>() == 1 ? v128.load_ext<u8>(base + <usize>i) : v128.load(base + (<usize>i << 1));
}

@inline
function mixNarrow<T>(
  ends: usize, runs: usize, runBytes: u32, from: u32, to: u32, runSize: u32, codes: usize, codeSize: u32, out: usize
): void {
  const sizes = i16x8.splat(<i16>codeSize);
  const count = to - from;
  let run: u32 = 0;
  for (let row: u32 = 0; row < count; run++) {
    const next = load<u32>(ends + (<usize>run << 2)) - from;
    const end = next < count ? next : count;
    const own = runCode(runs, runBytes, run) * runSize;
    const all = i16x8.splat(<i16>own);
    let at = row;
    // What is written past the run's end is written over by the next one's.
    for (; at < end && at + 8 <= count; at += 8) {
      v128.store(out + (<usize>at << 1), i16x8.add(i16x8.mul(eightAt<T>(codes, at), sizes), all));
    }
    for (; at < end; at++) {
      store<u16>(out + (<usize>at << 1), <u16>(own + <u32>load<T>(codes + <usize>at * sizeof<T>()) * codeSize));
    }
    row = end;
  }
}

@inline
function mixWide<T>(
  ends: usize, runs: usize, runBytes: u32, from: u32, to: u32, runSize: u32, codes: usize, codeSize: u32, out: usize
): void {
  const count = to - from;
  let run: u32 = 0;
  for (let row: u32 = 0; row < count; run++) {
    const next = load<u32>(ends + (<usize>run << 2)) - from;
    const end = next < count ? next : count;
    const own = runCode(runs, runBytes, run) * runSize;
    for (; row < end; row++) {
      store<u32>(out + (<usize>row << 2), own + <u32>load<T>(codes + <usize>row * sizeof<T>()) * codeSize);
    }
  }
}

export function mixCodeRuns(
  ends: usize, runs: usize, runBytes: u32, from: u32, to: u32, runSize: u32, codes: usize, codeBytes: u32, codeSize: u32,
  out: usize, outBytes: u32
): void {
  if (outBytes == 2) {
    if (codeBytes == 1) mixNarrow<u8>(ends, runs, runBytes, from, to, runSize, codes, codeSize, out);
    else mixNarrow<u16>(ends, runs, runBytes, from, to, runSize, codes, codeSize, out);
  } else if (codeBytes == 1) mixWide<u8>(ends, runs, runBytes, from, to, runSize, codes, codeSize, out);
  else if (codeBytes == 2) mixWide<u16>(ends, runs, runBytes, from, to, runSize, codes, codeSize, out);
  else mixWide<u32>(ends, runs, runBytes, from, to, runSize, codes, codeSize, out);
}
