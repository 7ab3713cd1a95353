/** A team and its shipped templates, for the close and the cadences. */
import { loadConfig } from "../../../src/engine/config/load.ts";
import type { Close, Config } from "../../../src/engine/config/schema.ts";
import { memoryFiles } from "../../../src/engine/config/source.ts";
import { shippedTemplates } from "../../../src/run/config.ts";

export const TEAM = `team:
  - { handle: amber, dri: true }
  - { handle: meri, dri: true }
  - { handle: sam }
`;

export function configOf(rest = TEAM, files: Readonly<Record<string, string>> = {}): Config {
  const source = `projects: { requests: { forge: github, repo: acme/access-requests } }\n${rest}`;
  const read = loadConfig(memoryFiles({ ...files, "daytwo.yml": source }, shippedTemplates()), "daytwo.yml");
  if ("faults" in read) throw new Error(read.faults.map(({ message }) => message).join("\n"));
  return read.config;
}

export function closeOf({ close }: Config): Close {
  if (!close) throw new Error("the close is off");
  return close;
}
