/** What is said on the commit that breaks a configuration. */
import { createHash } from "node:crypto";
import type { Fault } from "../../engine/config/fault.ts";
import { code, inline, lines, marker, safe, trusted } from "../../engine/text/safe.ts";
import type { SafeText } from "../../model.ts";

/** The rest is what `daytwo check` tells. */
const MOST_FAULTS = 20;

export interface ConfigNote {
  /** Equal for the same faults. */
  readonly key: string;
  readonly body: SafeText;
}

/** @param inForce whether an older configuration stays in force */
export function configNote(faults: readonly Fault[], inForce: boolean): ConfigNote {
  const digest = createHash("sha256").update(JSON.stringify(faults)).digest("hex").slice(0, 16);
  const key = `config:${digest}`;
  const left = faults.length - MOST_FAULTS;
  const body = lines(
    inForce
      ? trusted("daytwo cannot use this configuration: the one before it stays in force.")
      : trusted("daytwo cannot use this configuration, and serves this team only when it is mended."),
    trusted(""),
    ...faults.slice(0, MOST_FAULTS).map(({ file, line, column, message }) => {
      return safe`- ${code(`${file}:${line}:${column}`)} ${inline(message)}`;
    }),
    ...(left > 0 ? [safe`- and ${left} more: ${code("daytwo check")} lists them all`] : []),
    trusted(""),
    marker(key),
  );
  return { key, body };
}
