export { inspectCommand } from './inspect.ts';
export { importCommand } from './import.ts';
export { queryCommand } from './query.ts';
export { shellCommand } from './shell.ts';
export { tablesCommand } from './tables.ts';
export { rejectedCommand } from './rejected.ts';
export { checkCommand } from './check.ts';
export { demoCommand } from './demo.ts';
