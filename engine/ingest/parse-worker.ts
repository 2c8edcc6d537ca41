import type { ThreadTasks } from '../host/threads.ts';
import { parsePiece } from './parse-piece.ts';

/** What a thread of the pool does for an import. */
export const tasks: ThreadTasks = { parse: parsePiece };
