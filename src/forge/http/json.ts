/** Answers read without a client library: for the few endpoints that only a diagnosis or a configuration needs. */
import { z } from "zod";
import type { ForgeTarget } from "../forge.ts";
import { type Doing, unreadable } from "./words.ts";

/** Text that is no JSON stays text; the schemas refuse it where it matters. */
export function toJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** Reads a body as a schema has it; throws the `ForgeError` that says what could not be done. */
export const parserFor =
  (target: ForgeTarget) =>
  <T>(doing: Doing, schema: z.ZodType<T>, body: string): T => {
    const read = schema.safeParse(toJson(body));
    if (read.success) return read.data;
    throw unreadable(target, doing, z.prettifyError(read.error));
  };
