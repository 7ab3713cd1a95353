/** The log: one JSON document a line, by pino. No secret and no text that a person wrote is handed to it. */

import type { Logger } from "pino";
import { pino } from "pino";

/**
 * @param out takes whole lines; those of one turn of the event loop at once
 * @returns the log, and what writes out lines that still wait
 */
export function createLog(level: string, out: (text: string) => void): { log: Logger; flush: () => void } {
  let waiting = "";
  const flush = () => {
    const text = waiting;
    waiting = "";
    if (text !== "") out(text);
  };
  const stream = {
    write(line: string) {
      if (waiting === "") setImmediate(flush);
      waiting += line;
    },
  };
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: brief, error: brief },
    },
    stream,
  );
  return { log, flush };
}

/** Errors of clients carry requests and answers along, and those of webhooks whole payloads. */
function brief(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack } = error;
  const { code, status, kind } = error as { code?: unknown; status?: unknown; kind?: unknown };
  const known = ["ForgeError", "StoreError", "Undone"].includes(name);
  return {
    type: name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(status == null ? {} : { status }),
    ...(kind === undefined ? {} : { kind }),
    ...(known ? {} : { stack }),
  };
}
