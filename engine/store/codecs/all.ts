export { none } from './none.ts';
export { lz4 } from './lz4.ts';
