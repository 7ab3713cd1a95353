/** A team with three systems, and requests as they stand when people have worked on them. */
import { type AccessRecord, accessMarker } from "../../../src/engine/access/record.ts";
import { loadConfig } from "../../../src/engine/config/load.ts";
import { memoryFiles } from "../../../src/engine/config/source.ts";
import { marker } from "../../../src/engine/text/safe.ts";
import type { Issue } from "../../../src/model.ts";
import { shippedTemplates } from "../../../src/run/config.ts";
import { issue } from "../../plan/facts.ts";

const system = (name: string) => `name: ${name}\nprovisioners: [amber]\ndeprovisioners: [amber]\n`;

const read = loadConfig(
  memoryFiles(
    {
      "daytwo.yml":
        "projects: { requests: { forge: github, repo: acme/requests } }\nteam: [{ handle: amber }]\n",
      "systems/salesforce.yml": system("Salesforce"),
      "systems/inbox.yml": system("Salesforce Inbox"),
      "systems/chorus.yml": `${system("Chorus")}roles: { by_role: { Engineer: Listener } }\n`,
    },
    shippedTemplates(),
  ),
  "daytwo.yml",
);
if ("faults" in read) throw new Error(JSON.stringify(read.faults));
export const { config } = read;

export const SELF = "daytwo";
export const COMPLETED = "SalesOpsAR::Completed";

export const ADA: AccessRecord = {
  does: "give",
  name: "Ada Lovelace",
  email: "ada@example.com",
  role: "Account Executive",
  region: "EMEA",
  department: null,
  systems: {},
};

/** A request that daytwo opened; Completed unless told. */
export const own = (
  number: number,
  record: Partial<AccessRecord>,
  text: string,
  more: Partial<Issue> = {},
): Issue =>
  issue(number, {
    author: SELF,
    createdAt: number * 1000,
    labels: ["access-request", COMPLETED],
    body: `${text}\n\n${marker(`hire:acme/people#${number}`)}\n${accessMarker({ ...ADA, ...record })}`,
    ...more,
  });

/** A request filed through the form for one person, with what daytwo wrote below it. */
export const filed = (number: number, systems: string, part: string, more: Partial<Issue> = {}): Issue =>
  issue(number, {
    createdAt: number * 1000,
    labels: ["access-request", COMPLETED],
    body: `### Full name\n\nGrace Hopper\n\n### Work email\n\ngrace@example.com\n\n### Role\n\nArchitect\n\n### Region\n\nAMER\n\n### Manager\n\n@boss\n\n### Systems\n\n${systems}\n\n### Justification\n\nwork\n\n${marker("part")}\n\n${part}\n\n${marker("part-end")}`,
    ...more,
  });
