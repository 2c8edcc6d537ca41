/** Settings of one import; see the command line's options. */
export interface ImportOptions {
  readonly table?: string;
  readonly format?: string;
  /** An Apache `LogFormat` or nginx `log_format` string. */
  readonly logFormat?: string;
  /** What the text is in, by a name of the WHATWG (`windows-1252`, `shift_jis`); default: found for UTF-8, UTF-16 and Windows-1252. */
  readonly encoding?: string;
  readonly time?: string;
  readonly actor?: string | readonly string[];
  readonly timezone?: string;
  /** Columns set to a constant in every row. */
  readonly set?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Told once per run what was detected. */
  readonly onDetected?: (found: ImportDetection) => void;
}

/** What was detected, told once per import. */
export interface ImportDetection {
  readonly format: string;
  readonly evidence: string;
  readonly time: string | null;
  readonly actor: string | null;
  readonly timezone: string;
}

/** How far an import is. `bytes` counts what was read as it lies, against the files' sizes. */
export interface ImportProgress {
  readonly rows: number;
  readonly bytes: number;
  /** null for a stream. */
  readonly bytesTotal: number | null;
  readonly elapsedMs: number;
}

/** What an import did; `bytesIn` counts what was new after inflating. */
export interface ImportSummary {
  readonly table: string;
  readonly files: number;
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  /** Files (or parts) that were in already. */
  readonly resumed: number;
  readonly rows: number;
  readonly bytesIn: number;
  readonly bytesStored: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly timezone: string;
  readonly elapsedMs: number;
  readonly detected: ImportDetection | null;
  readonly warnings: readonly string[];
}
