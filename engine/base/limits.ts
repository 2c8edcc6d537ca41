const mebibyte = 1024 * 1024;

/** Every limit of the engine: its name bears the unit, its comment the reason. */
export const limits = {
  /** Rows of a block: 64 Ki values of 8 bytes are half a megabyte, what a core's cache holds beside its group states. */
  blockRowsMax: 65_536,
  /** Rows of which the least and the greatest value are kept beside a decoded block, where the first rows are sought. */
  stretchRows: 256,
  /** What a page of a segment holds, inflated: the unit of compression, checksum and reading. */
  pageBytesMax: mebibyte,
  /** A table's rows in memory are written out as a segment at this many rows or bytes, whichever comes first. */
  memtableRowsMax: 524_288,
  memtableBytesMax: 64 * mebibyte,
  /** Small appends are joined to chunks of at most this many rows, so that a query opens few of them. */
  chunkRowsMax: 65_536,
  /** Segments of level 0 a table: beyond it writers wait for compaction. */
  levelZeroSegmentsMax: 8,
  /** A partition of more rows is cut into narrower ones, one of fewer is joined with its neighbours. */
  partitionRowsMax: 33_554_432,
  partitionRowsMin: 1_048_576,
  /** A partition of more rows is several segments, cut by hash range, so that a purge rewrites one of them. */
  segmentRowsMax: 16_777_216,
  hashRangesMax: 16,
  /** Idempotency keys are remembered for this long, and this many a table at least. */
  idempotencyDays: 7,
  idempotencyKeysMin: 10_000_000,
  /** A manifest of more bytes is written anew. */
  manifestBytesMax: 4 * mebibyte,
  /** How long the writer keeps the files of a version that a reader named. */
  readerPinMsMax: 300_000,
  /** A reader waits so long for the word of a process that has the store open; what a thread computes at a stretch is less. */
  writerAnswerMsMax: 10_000,
  /** Recovery reads the log at about 200 MB/s and may take some seconds. */
  logBytesMax: 512 * mebibyte,
  /** Slots of one slice are 16-bit wide states in the first-level cache. */
  sliceActorsMax: 16_384,
  /** A slice of few actors holds at most about this many rows: there is work for every thread. */
  sliceRowsMax: 524_288,
  /** The same where sessions are cut: 16 bytes an event are put in another order, which a core's second cache holds. */
  liveRowsMax: 131_072,
  /** Tasks that a scan is cut into, whatever the number of threads: its sums of floats are made in this order. */
  scanTasksMax: 32,
  /** Room for the kernels of one task: selections, gathered values and the states of small groups, mostly in a core's second cache. */
  arenaBytes: 16 * mebibyte,
  /** Room for what the filters of one task find in a block, and for the sets that they look codes up in. */
  maskBytes: 4 * mebibyte,
  /** Times that events are read to follow another actor than their order's, each time for a part of the actors. */
  passesMax: 8,
  /** A scan of fewer rows runs on the calling thread: a dispatch to the pool costs about a millisecond. */
  poolRowsMin: 262_144,
  /** A thread without work ends after this: who asks again within a minute finds it started, and its code compiled. */
  idleThreadMs: 60_000,
  /** Rows of a limit up to which only what orders them is read at first, and the rest of those that are left. */
  lateRowsMax: 16_384,
  /** Groups of one query: their states and keys stay below some gigabytes. */
  groupsMax: 10_000_000,
  /** What one query may hold beside the block cache, all its threads together: its groups, states and rows. */
  queryMemoryMax: 1024 * mebibyte,
  /** Rows that one query returns. */
  resultRowsMax: 10_000_000,
  /** Characters that a function of texts may make of a block's rows: a text doubled again and again fills any memory. */
  madeCharactersMax: 67_108_864,
  /** Rows that `every` may fill in. */
  filledRowsMax: 100_000,
  /** One record of a source. */
  recordBytesMax: 16 * mebibyte,
  /** Columns of one source; a wider CSV is a matrix, not events. */
  columnsMax: 10_000,
  /** Nodes of a path; who goes further than this goes anywhere. */
  pathNodesMax: 1000,
  /** Levels of nested objects in an event. */
  nestingMax: 64,
  nameBytesMax: 1024,
  /** A query is written by a person or a program that should bind long lists as parameters. */
  queryBytesMax: 262_144,
  /** Brackets, calls and `not` within each other: the parser recurses by as much. */
  queryDepthMax: 100,
  /** Levels of an expression, chains of operators included (a + b + c is two): binding and evaluation recurse by as much. */
  queryLevelsMax: 500,
  /** Nodes of a query's tree; the constants of one in ( ) are one node. */
  queryNodesMax: 10_000,
  outputColumnsMax: 1000,
  idempotencyKeyBytesMax: 128,
} as const;
