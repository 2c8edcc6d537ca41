export * from './comparison.ts';
export * from './number.ts';
export * from './text.ts';
export * from './conditional.ts';
export * from './cast.ts';
export * from './time.ts';
export * from './list.ts';
