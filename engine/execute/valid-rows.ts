import { narrowed, type BlockView } from './block-view.ts';
import { keepValid } from './kernel-filter.ts';

/** @returns the view's rows that have a value. */
export function validRows(validity: Uint8Array | null, view: BlockView): BlockView {
  if (validity === null) return view;
  const kept = keepValid(view, validity);
  if (kept !== null) return kept;
  const { rows, from } = view;
  const out = view.scratch.words(view.length);
  let count = 0;
  for (let i = 0; i < view.length; i++) {
    const row = rows === null ? from + i : rows[i];
    out[count] = row;
    count += (validity[row >> 3] >> (row & 7)) & 1;
  }
  return narrowed(view, out.subarray(0, count));
}
