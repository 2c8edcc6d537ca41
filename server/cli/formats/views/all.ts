export { funnel } from './funnel.ts';
export { retention } from './retention.ts';
export { paths } from './paths.ts';
