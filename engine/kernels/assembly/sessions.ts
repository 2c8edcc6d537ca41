@inline
function at(list: usize, place: u32): u32 {
  return load<u32>(list + (<usize>place << 2));
}

@inline
function timeAt(times: usize, place: u32): f64 {
  return load<f64>(times + (<usize>place << 3));
}

export function cutSessions(
  starts: usize, ends: usize, slots: u32, times: usize, gap: f64, since: f64, until: f64, firsts: usize, lasts: usize
): u32 {
  let count: u32 = 0;
  for (let slot: u32 = 0; slot < slots; slot++) {
    const end = at(ends, slot);
    let first = at(starts, slot);
    while (first < end) {
      const begin = timeAt(times, first);
      let before = begin;
      let next = first + 1;
      while (next < end) {
        const time = timeAt(times, next);
        if (time - before > gap) break;
        before = time;
        next++;
      }
      store<u32>(firsts + (<usize>count << 2), first);
      store<u32>(lasts + (<usize>count << 2), next - 1);
      count += <u32>(begin >= since) & <u32>(begin < until);
      first = next;
    }
  }
  return count;
}

export function numberSessions(times: usize, firsts: usize, lasts: usize, count: u32, kind: u32, out: usize): void {
  for (let session: u32 = 0; session < count; session++, out += 8) {
    const first = at(firsts, session);
    const last = at(lasts, session);
    if (kind == 0) store<f64>(out, timeAt(times, first));
    else if (kind == 1) store<f64>(out, timeAt(times, last));
    else if (kind == 2) store<f64>(out, timeAt(times, last) - timeAt(times, first));
    else store<f64>(out, <f64>(last - first + 1));
  }
}

export function noteSessions(
  times: usize, firsts: usize, lasts: usize, count: u32, notes: usize, last: u32, out: usize
): void {
  for (let session: u32 = 0; session < count; session++, out += 4) {
    const from = at(firsts, session);
    const to = at(lasts, session);
    let note: u32 = 0;
    if (last == 0) {
      let place = from;
      note = at(notes, place);
      while (note == 0 && place < to) note = at(notes, ++place);
    } else {
      let time: f64 = 0;
      for (let place = to + 1; place > from; place--) {
        const own = at(notes, place - 1);
        if (note != 0 && timeAt(times, place - 1) != time) break;
        if (own == 0) continue;
        note = own;
        time = timeAt(times, place - 1);
      }
    }
    store<u32>(out, note);
  }
}

export function sizeSessions(firsts: usize, lasts: usize, count: u32, out: usize): void {
  for (let session: u32 = 0; session < count; session++, out += 4) store<u32>(out, at(lasts, session) - at(firsts, session) + 1);
}
