import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/engine/config/load.ts";
import type { Config, Onboarding } from "../../src/engine/config/schema.ts";
import { memoryFiles } from "../../src/engine/config/source.ts";
import { faultText, type Hire, readHire } from "../../src/engine/hire.ts";
import { lateness } from "../../src/engine/hire-request.ts";
import { requestIn, requestLink } from "../../src/engine/links.ts";
import { findMarkers } from "../../src/engine/text/safe.ts";
import { shippedTemplates } from "../../src/run/config.ts";

function configOf(more = ""): { config: Config; onboarding: Onboarding } {
  const yml = `timezone: America/New_York
calendar: { country: US }
team: [{ handle: amber, dri: true }, { handle: meri, dri: true }, { handle: sam }]
projects:
  requests: { forge: github, repo: acme/requests }
  onboarding: { forge: github, repo: acme/people }
${more}`;
  const read = loadConfig(memoryFiles({ "daytwo.yml": yml }, shippedTemplates()), "daytwo.yml");
  if ("faults" in read) throw new Error(JSON.stringify(read.faults));
  return { config: read.config, onboarding: read.config.onboarding as Onboarding };
}

const BODY = "Full name: Ada Lovelace\nRole: Account Executive\nStart date: 2026-11-23\n";
function hireOf(body: string, more = ""): Hire {
  const { config, onboarding } = configOf(more);
  const read = readHire(body, config, onboarding);
  if ("faults" in read) throw new Error(read.faults.map(faultText).join("\n"));
  return read.hire;
}
const faultsOf = (body: string, more = "") => {
  const { config, onboarding } = configOf(more);
  const read = readHire(body, config, onboarding);
  return "faults" in read ? read.faults.map(({ field, found }) => [field, found]) : [];
};

describe("a hire", () => {
  it("has the file's zone and calendar where the issue gives none", () => {
    expect(hireOf(BODY)).toMatchObject({
      name: "Ada Lovelace",
      role: "Account Executive",
      start: "2026-11-23",
      day: "2026-11-24",
      due: Date.parse("2026-11-24T14:00:00Z"),
      zone: "America/New_York",
      dueZone: "America/New_York",
      country: null,
      email: null,
      address: null,
      manager: null,
      managerHandle: null,
    });
  });

  it("is read by the headings that the configuration names", () => {
    const more = "onboarding: { fields: { name: Nombre completo, role: Puesto, start: Fecha de inicio } }\n";
    const body =
      "### Nombre completo\n\nAda Lovelace\n\n### Puesto\n\nEjecutiva\n\n### Fecha de inicio\n\n2026-11-23\n";
    expect(hireOf(body, more)).toMatchObject({ name: "Ada Lovelace", role: "Ejecutiva" });
    expect(faultsOf(BODY, more)).toEqual([
      ["Nombre completo", null],
      ["Puesto", null],
      ["Fecha de inicio", null],
    ]);
  });

  it("has every fault told, with what stands there", () => {
    expect(faultsOf("Start date: 11/12/2026\nTime zone: EST5EDT4\nCountry: Narnia\n")).toEqual([
      ["Full name", null],
      ["Role", null],
      ["Start date", "11/12/2026"],
      ["Time zone", "EST5EDT4"],
      ["Country", "Narnia"],
    ]);
    const [first] = faultsOf(`${BODY.replace("2026-11-23", "x".repeat(5000))}`);
    expect(first?.[1]).toBe(`${"x".repeat(79)}…`);
  });

  it("has each field on one line, of a length that an issue can hold", () => {
    const name = `Ada\u0000 \u202eKing\t${"🦉".repeat(3000)}`;
    const hire = hireOf(BODY.replace("Ada Lovelace", name));
    expect(hire.name.startsWith("Ada King 🦉")).toBe(true);
    expect(hire.name.length).toBeLessThanOrEqual(500);
    expect(hire.name.isWellFormed()).toBe(true);
    expect(hire.name.endsWith("…")).toBe(true);
  });

  it("is late by working days of their own calendar, else by hours, in the zone that decides", () => {
    const hire = hireOf(`${BODY}Country: US\n`);
    const at = (time: string) => lateness(hire, Date.parse(time));
    expect(at("2026-11-24T14:00:00Z")).toBeNull();
    expect(at("2026-11-24T14:59:59Z")).toBeNull();
    expect(at("2026-11-24T15:00:00Z")).toBe("1 hour");
    expect(at("2026-11-25T04:59:00Z")).toBe("14 hours");
    expect(at("2026-11-25T05:00:00Z")).toBe("1 working day");
    // Thanksgiving, and a weekend.
    expect(at("2026-11-27T05:00:00Z")).toBe("2 working days");
    expect(at("2026-11-30T14:00:00Z")).toBe("3 working days");
    const tokyo = hireOf(
      `${BODY}Country: JP\nTime zone: Asia/Tokyo\n`,
      "onboarding: { open_on: { in: team } }\n",
    );
    expect(tokyo).toMatchObject({ zone: "Asia/Tokyo", dueZone: "America/New_York" });
  });
});

describe("links between a hire and their request", () => {
  it.each([
    ["request:acme/requests#12", 12],
    ["request:Acme/Requests#12", 12],
    ["request:acme/requests#0", null],
    ["request:acme/requests#012", null],
    ["request:acme/requests#-1", null],
    ["request:acme/requests#1e3", null],
    ["request:acme/requests#0x10", null],
    ["request:acme/requests# 1", null],
    ["request:acme/requests#", null],
    ["request:acme/requests#99999999999999999999", null],
    ["request:acme/requests-old#12", null],
    ["request:other/requests#12", null],
    ["hire:acme/requests#12", null],
  ])("%s is %j", (key, number) => {
    expect(requestIn(key, "acme/requests")).toBe(number);
  });

  it("the marker of a link is found again", () => {
    const link = requestLink("group/sub.group/project_1", {
      number: 41,
      url: "https://gitlab.com/x/-/issues/41",
    });
    expect(link).toContain("[group/sub.group/project_1#41](https://gitlab.com/x/-/issues/41)");
    expect(findMarkers(link).map((key) => requestIn(key, "group/sub.group/project_1"))).toEqual([41]);
  });
});
