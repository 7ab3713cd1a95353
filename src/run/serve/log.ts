/** What the serving parts tell of themselves: pino's shape, so that pino is handed in as it is. */
export interface Log {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
  child(fields: object): Log;
}

/** Hears how work goes, for metrics. Durations in seconds. */
export interface Watch {
  batch(deliveries: number): void;
  /** `skipped`: only what daytwo had done itself was told, and no look was needed. */
  reconciled(
    trigger: "delivery" | "sweep",
    result: "changed" | "nothing" | "failed" | "skipped",
    seconds: number,
  ): void;
  swept(result: "done" | "failed", seconds: number): void;
}
