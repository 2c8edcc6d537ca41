import { textsOfDictionary } from '../column/dictionary.ts';
import type { RowSource, RowSourceDescriptor } from '../store/row-source.ts';
import type { ScanSource } from './scan-task.ts';

/**
 * Reads what texts a column has in any source, from dictionaries alone.
 * @returns null where there are more than `most`, or a source tells it by its rows only: they are an answer's, or actors.
 */
export function textsWithin(
  sources: readonly ScanSource[],
  open: (descriptor: RowSourceDescriptor) => RowSource,
  column: string,
  most: number,
): readonly string[] | null {
  const texts = new Set<string>();
  for (const { descriptor, actor } of sources) {
    if (descriptor.kind === 'derived' || column === actor) return null;
    const source = open(descriptor);
    try {
      const type = source.columnType(column);
      if (type === null) continue;
      if (type !== 'text') return null;
      const dictionary = source.readDictionary(column);
      if (dictionary.count > most) return null;
      for (const text of textsOfDictionary(dictionary)) texts.add(text);
    } finally {
      source.release();
    }
  }
  return texts.size > most ? null : [...texts];
}
