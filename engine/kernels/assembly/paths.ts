// Sessions' nodes, step by step: the rules are told in execute/behaviour/paths-steps.ts.

@inline
function placeOf(list: usize, at: u32): u32 {
  return load<u32>(list + (<usize>at << 2));
}

export function countPathNodes(
  starts: usize, ends: usize, slots: u32, times: usize, nodes: usize, nodeCount: u32, gap: f64, depth: u32, counts: usize
): void {
  const most = depth + 1;
  for (let slot: u32 = 0; slot < slots; slot++) {
    const from = placeOf(starts, slot);
    const to = placeOf(ends, slot);
    let step: u32 = 0;
    let node: u32 = 0;
    let before = Infinity;
    for (let place = from; place < to; place++) {
      const time = load<f64>(times + (<usize>place << 3));
      if (time - before > gap) {
        step = 0;
        node = 0;
      }
      before = time;
      const own = placeOf(nodes, place);
      if (own == 0 || own == node || step == most) continue;
      node = own;
      const at = counts + (<usize>(step * nodeCount + own) << 2);
      store<u32>(at, load<u32>(at) + 1);
      step++;
    }
  }
}

@inline
function addEdge(counts: usize, edges: usize, edge: usize, actor: u32): void {
  const at = counts + (edge << 2);
  store<u32>(at, load<u32>(at) + 1);
  const last = at + (edges << 3);
  if (load<u32>(last) == actor) return;
  store<u32>(last, actor);
  const actors = at + (edges << 2);
  store<u32>(actors, load<u32>(actors) + 1);
}

export function countPathEdges(
  starts: usize, ends: usize, slots: u32, times: usize, nodes: usize, nodeCount: u32, gap: f64, depth: u32, names: usize,
  width: u32, firstActor: u32, counts: usize, ms: usize
): void {
  const edges = <usize>depth * <usize>width * <usize>width;
  for (let slot: u32 = 0; slot < slots; slot++) {
    const actor = firstActor + slot + 1;
    const from = placeOf(starts, slot);
    const to = placeOf(ends, slot);
    // Step 0 = the session has no node yet.
    let step: u32 = 0;
    let node: u32 = 0;
    let since: f64 = 0;
    let source: usize = 0;
    let before = Infinity;
    for (let place = from; place < to; place++) {
      const time = load<f64>(times + (<usize>place << 3));
      if (time - before > gap) {
        if (step > 0 && step <= depth) addEdge(counts, edges, source * width, actor);
        step = 0;
        node = 0;
      }
      before = time;
      const own = placeOf(nodes, place);
      if (own == 0 || own == node || step > depth) continue;
      node = own;
      const name = <usize>placeOf(names, step * nodeCount + own);
      if (step > 0) {
        const edge = source * width + name;
        addEdge(counts, edges, edge, actor);
        const at = ms + (edge << 3);
        store<f64>(at, load<f64>(at) + (time - since));
      }
      since = time;
      source = <usize>step * width + name;
      step++;
    }
    if (step > 0 && step <= depth) addEdge(counts, edges, source * width, actor);
  }
}
