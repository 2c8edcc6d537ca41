export { apache } from './apache.ts';
export { csv } from './csv.ts';
export { json } from './json.ts';
export { nginx } from './nginx.ts';
