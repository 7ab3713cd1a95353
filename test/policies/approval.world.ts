/** Requests as people file them, and what stands on them, for tests of approval. */
import { expect } from "vitest";
import { REQUESTS, type Story } from "../story.ts";

export const APPROVED = "AR-Approval::Manager Approved";
export const WAITING = "AR-Approval::Needs Manager Approval";

export interface Filed {
  readonly name?: string;
  readonly email?: string;
  readonly role?: string;
  readonly manager?: string;
  readonly systems?: string;
  readonly why?: string;
}

/** The form for one person, as GitHub renders it. */
export const single = (given: Filed = {}): string =>
  [
    "<!-- daytwo:form:access-request -->",
    `### Full name\n\n${given.name ?? "Ada Lovelace"}`,
    `### Work email\n\n${given.email ?? "ada@acme.com"}`,
    `### Role\n\n${given.role ?? "Account Executive"}`,
    "### Region\n\nEMEA",
    `### Manager\n\n${given.manager ?? "@meri"}`,
    `### Systems\n\n${given.systems ?? "Chorus"}`,
    `### Justification\n\n${given.why ?? "She sells from Monday on."}`,
  ].join("\n\n");

/** The form for many: rows of name, e-mail and manager. */
export const bulk = (rows: readonly (readonly [name: string, email: string, manager: string])[]): string =>
  [
    "<!-- daytwo:form:bulk-access-request -->",
    "### Manager\n\n@meri",
    "### Justification\n\nThe new team.",
    "### People\n\n```csv\nName,Email,Role,Region,Systems,Manager",
    ...rows.map(([name, email, manager]) => `${name},${email},Account Executive,EMEA,Chorus,${manager}`),
    "```",
  ]
    .join("\n\n")
    .replace(/\n\n(?=[^#\n]*,|```$)/g, "\n");

export const TWO = bulk([
  ["Ada Lovelace", "ada@acme.com", "@meri"],
  ["Bo Diddley", "bo@acme.com", "@amber"],
]);

export const approvalLabels = (story: Story): string[] =>
  story
    .see()
    .labels.filter((label) => label.startsWith("AR-Approval"))
    .toSorted();

/** Everything that must hold of a filed request that was looked at, and another look writes nothing. */
export async function expectCalm(story: Story): Promise<void> {
  const before = story.fingerprint();
  story.now += 60_000;
  const { changes } = await story.tick();
  expect(changes.map(({ kind, reason }) => `${kind}: ${reason}`)).toEqual([]);
  expect(story.fingerprint()).toBe(before);
  const own = story.see().comments.filter(({ author }) => author === "daytwo");
  expect(own.length).toBeLessThan(2);
  expect(approvalLabels(story)).toHaveLength(1);
  expect(story.memory.issue(REQUESTS, story.about.number).state).toBe("open");
}
