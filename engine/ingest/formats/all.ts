export { apache } from './apache.ts';
export { csv } from './csv.ts';
export { iisNative } from './iis-native.ts';
export { json } from './json.ts';
export { nginx } from './nginx.ts';
export { w3c } from './w3c.ts';
