import type { Codec } from './codec.ts';

export const none: Codec = {
  id: 0,
  name: 'none',
  compress: (bytes) => bytes,
  decompress(bytes, out) {
    if (bytes.length !== out.length) return false;
    out.set(bytes);
    return true;
  },
};
