import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type AccessRecord, accessMarker } from "../../src/engine/access/record.ts";
import { BOT, Desk, REQUESTS, writes } from "../entry/desk.ts";
import { KINDS } from "../policies/hires.ts";

const desks: Desk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) {
    expect(desk.sandbox.violations).toEqual([]);
    await desk.close();
  }
});

const ADA: AccessRecord = {
  does: "give",
  name: "Ada Lovelace",
  email: "ada@acme.com",
  role: "Account Executive",
  region: "EMEA",
  department: null,
  systems: { salesforce: "Standard" },
};

function request(
  desk: Desk,
  record: Partial<AccessRecord>,
  text = "### Salesforce\n\n- [x] Create the user",
) {
  desk.memory.by(BOT).open(REQUESTS, {
    title: "Access",
    body: `${text}\n\n${accessMarker({ ...ADA, ...record })}`,
    labels: ["access-request", "SalesOpsAR::Completed"],
  });
}

/** Three were given something; one of them has left, one has a name that wants to be more. */
async function open(kind: (typeof KINDS)[number]): Promise<Desk> {
  const desk = await Desk.open(kind);
  desks.push(desk);
  desk.write("systems/chorus.yml", "name: Chorus\nprovisioners: [amber, sam]\ndeprovisioners: [amber]\n");
  request(desk, {});
  request(
    desk,
    { name: "=Zoe | <b>@sam</b>", email: null, role: null, systems: { salesforce: null, oldtool: "User" } },
    "Done.",
  );
  request(desk, { name: "Alan Turing", email: "alan@acme.com" });
  request(
    desk,
    { name: "Alan Turing", email: "ALAN@acme.com", does: "revoke" },
    "### Salesforce\n\n- [x] Revoked\n- [ ] Never had access",
  );
  return desk;
}

describe.each(KINDS)("report access (%s)", (kind) => {
  it("tells who has what as JSON, the same when read anew", async () => {
    const desk = await open(kind);
    const ran = await desk.run("report", "access", "--json");
    expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: "" });
    const since = "2026-11-24T14:00:00.000Z";
    const url = expect.stringMatching(/^http/);
    expect(ran.json).toEqual({
      at: since,
      people: [
        {
          name: "=Zoe | <b>@sam</b>",
          email: null,
          role: null,
          region: "EMEA",
          systems: [
            { system: "oldtool", as: "User", request: 2, since, url },
            { system: "salesforce", as: null, request: 2, since, url },
          ],
        },
        {
          name: "Ada Lovelace",
          email: "ada@acme.com",
          role: "Account Executive",
          region: "EMEA",
          systems: [{ system: "salesforce", as: "Standard", request: 1, since, url }],
        },
      ],
      systems: [
        { system: "chorus", name: "Chorus", count: 0 },
        { system: "salesforce", name: "Salesforce", count: 2 },
        { system: "oldtool", name: "oldtool", count: 1 },
      ],
    });
    expect((await desk.run("report", "access", "--json")).json).toEqual(ran.json);
    const again = await desk.run("report", "access", "--rebuild", "--format", "json");
    expect(JSON.parse(again.out)).toEqual(ran.json);
    expect(writes(again)).toEqual([]);
  });

  it("as Markdown, a page and CSV, in which nothing that people wrote acts", async () => {
    const desk = await open(kind);
    const md = (await desk.run("report", "access")).out;
    expect(md).toContain(
      "| Ada Lovelace | ada@acme.com | Account Executive | EMEA | Salesforce | Standard | [#1](",
    );
    expect(md).toContain("=Zoe \\| &lt;b>");
    expect(md).not.toMatch(/@sam/);
    await desk.run("report", "access", "--out", "access.html");
    const html = readFileSync(join(desk.cwd, "access.html"), "utf8");
    expect(html).toContain("<td>Ada Lovelace</td>");
    expect(html).toContain("=Zoe | &lt;b&gt;@sam");
    expect(html).not.toMatch(/<b>|<script/);
    const { out } = await desk.run("report", "access", "--format", "csv");
    expect(out.split("\r\n")).toEqual([
      "name,email,role,region,system,as,request,since",
      "'=Zoe | <b>@sam</b>,,,EMEA,oldtool,User,2,2026-11-24",
      "'=Zoe | <b>@sam</b>,,,EMEA,salesforce,,2,2026-11-24",
      "Ada Lovelace,ada@acme.com,Account Executive,EMEA,salesforce,Standard,1,2026-11-24",
      "",
    ]);
  });
});

it("says so where nobody has anything", async () => {
  const desk = await Desk.open("github");
  desks.push(desk);
  const { code, out } = await desk.run("report", "access");
  expect(code).toBe(0);
  expect(out).toContain("Nobody was given anything by a Completed request.");
});
