/** Whatever a person types into a form is read back, on both forges. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { githubForm } from "../../../src/engine/forms/github.ts";
import { gitlabTemplate } from "../../../src/engine/forms/gitlab.ts";
import { COLUMNS } from "../../../src/engine/requests/people.ts";
import { type AccessRequest, readAccessRequest } from "../../../src/engine/requests/read.ts";
import { inline } from "../../../src/engine/text/safe.ts";
import type { ForgeKind } from "../../../src/model.ts";
import { type Answer, filled, formOf, submitted } from "../forms/setting.ts";
import { anyText, config, email, words } from "./setting.ts";

const KINDS: readonly ForgeKind[] = ["github", "gitlab"];

/** The issue that a form makes of answers. */
function issueOf(kind: ForgeKind, id: string, answers: Readonly<Record<string, Answer>>): string {
  const form = formOf(config(kind), id);
  return kind === "github"
    ? submitted(githubForm(form), answers)
    : filled(gitlabTemplate(form), form, answers);
}

const ids = [...config().systems.keys()];
const systems = fc.subarray(ids, { minLength: 1 });
const person = fc.record({ name: words, email, role: words, region: words, systems });
type Row = typeof person extends fc.Arbitrary<infer T> ? T : never;
const people = (most: number) =>
  fc.uniqueArray(person, { minLength: 1, maxLength: most, selector: (one) => one.email.toLowerCase() });

const seen = (request: AccessRequest | null) => ({
  faults: request?.faults,
  people: request?.people.map(({ name, email: address, role, region, systems: wanted }) => ({
    name,
    email: address,
    role,
    region,
    systems: wanted,
  })),
});

const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
function csv(rows: readonly Row[], separator: string): string {
  const lines = rows.map((row) =>
    [row.name, row.email, row.role, row.region, row.systems.join("; ")].map(cell).join(separator),
  );
  return [["Name", "Email", "Role", "Region", "Systems"].join(separator), ...lines].join("\n");
}
/** A fence that nothing in the text closes. */
const fenced = (text: string) => {
  const ticks = "`".repeat(Math.max(3, ...(text.match(/`+/g) ?? []).map((run) => run.length + 1)));
  return `${ticks}csv\n${text}\n${ticks}`;
};
const table = (rows: readonly Row[]) =>
  [
    "| Systems | Name | Email | Role | Region |",
    "|---|---|---|---|---|",
    ...rows.map(
      (row) =>
        `| ${row.systems.join(", ")} | ${[row.name, row.email, row.role, row.region].map(inline).join(" | ")} |`,
    ),
  ].join("\n");

describe.each(KINDS)("%s", (kind) => {
  it("reads the form for one person", () => {
    const form = formOf(config(kind), "access-request");
    const names = form.fields.find(({ id }) => id === "systems")?.options ?? [];
    const some = fc.subarray([...names], { minLength: 1 });
    const reason = fc.constantFrom("She sells.", "- until May\n- or June", "> as agreed\n\n`once`");
    fc.assert(
      fc.property(person, some, reason, (one, chosen, justification) => {
        // In a text field people write Markdown; what they mean literally is escaped.
        const body = issueOf(kind, "access-request", {
          name: inline(one.name),
          email: one.email.includes("`") ? "ada@example.com" : inline(one.email),
          role: inline(one.role),
          region: inline(one.region),
          manager: "@meri",
          systems: chosen,
          justification,
        });
        const request = readAccessRequest(body, config(kind), kind);
        expect(request?.faults).toEqual([]);
        expect(request?.people[0]).toMatchObject({ name: one.name, role: one.role, region: one.region });
        const title = (id: string) => {
          const { name = "" } = config(kind).systems.get(id) ?? {};
          return names.includes(name) ? name : id;
        };
        expect(request?.people[0]?.systems.map(title).sort()).toEqual([...chosen].sort());
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ["CSV in a fence", (rows: readonly Row[]) => fenced(csv(rows, ","))],
    ["what a spreadsheet copies, in a fence", (rows: readonly Row[]) => fenced(csv(rows, "\t"))],
    ["a table", table],
  ])("reads the form for many from %s", (_, list) => {
    fc.assert(
      fc.property(people(6), fc.constantFrom("\n", "\r\n"), (rows, end) => {
        const answers = { manager: "@meri", justification: "A new team.", people: list(rows) };
        const body = issueOf(kind, "bulk-access-request", answers).replaceAll("\n", end);
        expect(seen(readAccessRequest(body, config(kind), kind))).toEqual({ faults: [], people: rows });
      }),
      { numRuns: 100 },
    );
  });

  it("reads 200 people as they come", () => {
    const [rows] = fc.sample(
      fc.uniqueArray(person, { minLength: 200, maxLength: 200, selector: (one) => one.email.toLowerCase() }),
      1,
    ) as [Row[]];
    for (const list of [fenced(csv(rows, ",")), table(rows)]) {
      const answers = { manager: "@meri", justification: "A new team.", people: list };
      const body = issueOf(kind, "bulk-access-request", answers);
      expect(seen(readAccessRequest(body, config(kind), kind))).toEqual({ faults: [], people: rows });
    }
  });

  it("reads whatever is typed there without failing, and never takes a gap for an answer", () => {
    const blocks = fc.array(
      fc.oneof(
        anyText,
        fc.constantFrom("\n", "|", ",", '"', "```", "Name,Email,Role,Region,Systems\n", "|--|--|\n"),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(blocks, (parts) => {
        const answers = { manager: "@meri", justification: "x", people: parts.join("") };
        const request = readAccessRequest(issueOf(kind, "bulk-access-request", answers), config(kind), kind);
        const whole = request?.people.every((one) => one.name && one.email && one.role && one.region);
        expect(whole).toBe(true);
        if (request?.people.length === 0) expect(request.faults).not.toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

it("asks for the columns that it reads", () => {
  const form = formOf(config(), "bulk-access-request");
  const text = form.fields.find(({ id }) => id === "people")?.description ?? "";
  for (const column of Object.values(COLUMNS)) expect(text).toContain(column);
});
