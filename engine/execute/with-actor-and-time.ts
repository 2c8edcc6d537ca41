import { noSlot } from '../store/actor-slots.ts';
import { narrowed, readColumn, readSlots, type BlockView, type SliceSource } from './block-view.ts';
import { rowsOf } from './filter.ts';

/** @returns the view without rows of nobody and rows of no time. */
export function withActorAndTime(view: BlockView): BlockView {
  let passing = view;
  if (holdsNobody(view.part)) {
    const slots = readSlots(view);
    passing = keptRows(view, (i) => slots[i] !== noSlot);
  }
  if (view.open.source.blocks[view.block].untimed !== true) return passing;
  const times = readColumn(passing, 'time', 'time');
  if (times.kind === 'null') return narrowed(passing, new Uint32Array(0));
  const { nulls } = times;
  return nulls === null ? passing : keptRows(passing, (i) => nulls[i] === 0);
}

const nobodies = new WeakMap<SliceSource, boolean>();

/** @returns whether rows of a part may be nobody's: told once a part. */
function holdsNobody(part: SliceSource): boolean {
  let holds = nobodies.get(part);
  if (holds === undefined) nobodies.set(part, (holds = part.slots().slots[part.part].includes(noSlot)));
  return holds;
}

function keptRows(view: BlockView, keeps: (place: number) => boolean): BlockView {
  const rows = rowsOf(view);
  const kept = view.scratch.words(view.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) if (keeps(i)) kept[count++] = rows[i];
  return narrowed(view, kept.subarray(0, count));
}
