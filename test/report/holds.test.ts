import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Desk, REQUESTS, writes } from "../entry/desk.ts";
import { KINDS } from "../policies/hires.ts";

const HOUR = 3_600_000;
const LICENSE = "SalesOPS: Waiting on SFDC License";
const CANCELLED = "SalesOPS: Start cancelled";

const desks: Desk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) {
    expect(desk.sandbox.violations).toEqual([]);
    await desk.close();
  }
});

/** Tuesday 9:00: one after the other, an hour apart, some wait; the report is read on Friday at noon. */
async function open(kind: (typeof KINDS)[number]): Promise<Desk> {
  const desk = await Desk.open(kind);
  desks.push(desk);
  const { memory } = desk;
  const titles = ["Ada", "=Zoe | <b>@sam</b>", "Alan", "Grace", "Linus", "Not held"];
  for (const title of titles) {
    memory.by("hr").open(REQUESTS, {
      title,
      body: "- [ ] Create the user",
      labels: ["access-request", "SalesOpsAR::Action Needed"],
    });
  }
  const later = () => {
    desk.now += HOUR;
  };
  later();
  memory.by("amber").comment(REQUESTS, 2, "/ar hold sfdc_license until 2026-12-08 because seats come then");
  await desk.run("tick");
  later();
  memory.by("sam").assign(REQUESTS, 1);
  memory.by("sam").label(REQUESTS, 1, LICENSE);
  later();
  memory.by("sam").label(REQUESTS, 3, CANCELLED);
  later();
  memory.by("sam").label(REQUESTS, 4, "SalesOpsAR::On Hold");
  memory.by("sam").label(REQUESTS, 5, LICENSE);
  await desk.run("tick");
  memory.by("amber").unlabel(REQUESTS, 5, LICENSE);
  await desk.run("tick");
  desk.now = Date.parse("2026-11-27T17:00:00Z");
  return desk;
}

describe.each(KINDS)("report holds (%s)", (kind) => {
  it("tells by reason what waits, the longest wait first", async () => {
    const desk = await open(kind);
    const before = desk.snapshot();
    const ran = await desk.run("report", "holds", "--json");
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: "" });
    const url = expect.stringMatching(/^http/);
    expect(ran.json).toEqual({
      at: "2026-11-27T17:00:00.000Z",
      holds: [
        {
          reason: "sfdc_license",
          label: LICENSE,
          system: "salesforce",
          count: 2,
          oldest: "2026-11-24T15:00:00.000Z",
          issues: [
            // Tuesday from 10:00, Wednesday, not Thanksgiving, Friday until noon.
            {
              issue: 2,
              url,
              title: "=Zoe | <b>@sam</b>",
              assignees: [],
              since: "2026-11-24T15:00:00.000Z",
              workingHours: 18,
              until: "2026-12-08",
            },
            {
              issue: 1,
              url,
              title: "Ada",
              assignees: ["sam"],
              since: "2026-11-24T16:00:00.000Z",
              workingHours: 17,
              until: null,
            },
          ],
        },
        {
          reason: "cancelled",
          label: CANCELLED,
          system: null,
          count: 1,
          oldest: "2026-11-24T17:00:00.000Z",
          issues: [expect.objectContaining({ issue: 3, workingHours: 16 })],
        },
        {
          reason: null,
          label: null,
          system: null,
          count: 1,
          oldest: "2026-11-24T18:00:00.000Z",
          issues: [expect.objectContaining({ issue: 4, workingHours: 15 })],
        },
      ],
    });
    expect(writes(ran)).toEqual([]);
    expect(desk.snapshot()).toBe(before);
    if (kind === "github") await otherForms(desk);
  });
});

it("tells of one in the singular", async () => {
  const desk = await Desk.open("github");
  desks.push(desk);
  desk.memory.by("hr").open(REQUESTS, {
    title: "Ada",
    body: "- [ ] Create the user",
    labels: ["access-request", "SalesOpsAR::On Hold", LICENSE],
  });
  expect((await desk.run("report", "holds")).out).toContain("1 request is On Hold");
  expect((await desk.run("explain", "1")).out).toContain("0 of 1 box is done");
});

/** As Markdown, a page and CSV, in which nothing that people wrote acts. */
async function otherForms(desk: Desk): Promise<void> {
  const md = (await desk.run("report", "holds")).out;
  expect(md).toContain("4 requests are On Hold");
  expect(md).toContain(`## ${LICENSE} (2)`);
  expect(md).toContain("| Ada | sam | Tue 24 Nov 2026 | 2.1 d |");
  expect(md).toContain("| 2.3 d | Tue 8 Dec 2026 |");
  expect(md).toContain("## No reason given (1)");
  expect(md).not.toMatch(/@sam/);
  await desk.run("report", "holds", "--out", "holds.html");
  const html = readFileSync(join(desk.cwd, "holds.html"), "utf8");
  expect(html).toContain("=Zoe | &lt;b&gt;@sam");
  expect(html).not.toMatch(/<b>|<script/);
  const rows = (await desk.run("report", "holds", "--format", "csv")).out.split("\r\n");
  expect(rows[0]).toBe("reason,label,system,issue,url,title,assignees,since,workingHours,until");
  expect(rows[1]).toMatch(/^sfdc_license,.*,salesforce,2,http.*'=Zoe.*,18,2026-12-08$/);
  expect(rows).toHaveLength(6);
}

it("says so where nothing waits", async () => {
  const desk = await Desk.open("github");
  desks.push(desk);
  const { code, out } = await desk.run("report", "holds");
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("Nothing is On Hold.") });
});
