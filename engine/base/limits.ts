const mebibyte = 1024 * 1024;

/** Every limit of the engine: its name bears the unit, its comment the reason. */
export const limits = {
  /** Rows of a block: 64 Ki values of 8 bytes are half a megabyte, what a core's cache holds beside its group states. */
  blockRowsMax: 65_536,
  /** Recovery reads the log at about 200 MB/s and may take some seconds. */
  logBytesMax: 512 * mebibyte,
  /** Slots of one slice are 16-bit wide states in the first-level cache. */
  sliceActorsMax: 16_384,
  /** Rows that `every` may fill in. */
  filledRowsMax: 100_000,
  /** One record of a source. */
  recordBytesMax: 16 * mebibyte,
  /** Columns of one source; a wider CSV is a matrix, not events. */
  columnsMax: 10_000,
  /** Levels of nested objects in an event. */
  nestingMax: 64,
  nameBytesMax: 1024,
  queryBytesMax: 65_536,
  queryDepthMax: 200,
  idempotencyKeyBytesMax: 128,
} as const;
