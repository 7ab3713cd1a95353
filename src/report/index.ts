/** The registry: every report, by the word after `daytwo report`. */
import { accessReport } from "./access.ts";
import { boardReport } from "./board/report.ts";
import { closeReport } from "./close.ts";
import { coverageReport } from "./coverage.ts";
import { holdsReport } from "./holds.ts";
import type { Report } from "./report.ts";

export const reports: readonly Report[] = [
  boardReport,
  closeReport,
  accessReport,
  coverageReport,
  holdsReport,
];
