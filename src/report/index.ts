/** The registry: every report, by the word after `daytwo report`. */
import type { Report } from "./report.ts";

export const reports: readonly Report[] = [];
