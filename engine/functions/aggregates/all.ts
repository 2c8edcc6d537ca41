export { count } from './count.ts';
export { sum } from './sum.ts';
export { avg } from './avg.ts';
export { min, max } from './min-max.ts';
export { uniq } from './uniq.ts';
