import { describe, expect, test } from "vitest";
import { type System, systemFile } from "../../../src/engine/config/files.ts";
import { coverageOf, type Known } from "../../../src/engine/stack/coverage.ts";

const system = (more: object): System => ({
  ...systemFile.parse({ name: "Chorus", ...more }),
  id: "chorus",
});
const known: Known = {
  handle: (handle) => ["amber", "sam"].includes(handle.toLowerCase()),
  label: (name) => name === "IT::to do",
  unasked: null,
};
const WHOLE = { provisioners: ["amber", "sam"], deprovisioners: ["amber"], docs: "https://docs.example.com" };
const kinds = (more: object) => coverageOf([system({ ...WHOLE, ...more })], known).map(({ kind }) => kind);

describe("coverage of a system", () => {
  test.each<[string, object, string[]]>([
    ["nothing is wrong", {}, []],
    ["one provisioner", { provisioners: ["amber"] }, ["one-provisioner"]],
    ["the same one twice", { provisioners: ["amber", "Amber"] }, ["one-provisioner"]],
    ["nobody", { provisioners: [] }, ["one-provisioner"]],
    [
      "a name is nobody to assign",
      { provisioners: [], provisioning: { contacts: ["IT Ops"] } },
      ["one-provisioner"],
    ],
    [
      "a group stands behind it",
      { provisioners: [], provisioning: { via: "group", groups: ["acme/it"] } },
      [],
    ],
    [
      "a queue that a label leads to",
      { provisioners: [], provisioning: { via: "label", labels: ["IT::to do"] } },
      [],
    ],
    ["single sign-on", { provisioners: [], provisioning: { via: "sso" } }, []],
    ["nobody revokes", { deprovisioners: [] }, ["no-deprovisioner"]],
    ["revoked by itself", { deprovisioners: [], deprovisioning: { via: "automatic" } }, []],
    ["a stranger", { provisioners: ["amber", "gone"] }, ["unknown-handle"]],
    [
      "a stranger in two places is one finding",
      { provisioners: ["amber", "gone"], owner: "gone" },
      ["unknown-handle"],
    ],
    [
      "no such label",
      { provisioning: { via: "label", labels: ["IT::todo", "IT::to do"] } },
      ["missing-label"],
    ],
  ])("%s", (_, more, expected) => {
    expect(kinds(more)).toEqual(expected);
  });

  test("no docs", () => {
    const { docs: _, ...bare } = WHOLE;
    expect(coverageOf([system(bare)], known).map(({ kind }) => kind)).toEqual(["no-docs"]);
  });

  test("each says who or what, and the next step", () => {
    const found = coverageOf(
      [system({ provisioners: ["gone"], provisioning: { contacts: ["IT Ops"], labels: ["Nope"] } })],
      known,
    );
    expect(found.map(({ message }) => message)).toEqual([
      "Only @gone can give access to Chorus: name a second provisioner.",
      "Nobody is named who revokes access to Chorus: name a deprovisioner.",
      "@gone of Chorus is neither in the team nor a member of the projects: correct the handle, or add them.",
      'Chorus wants the label "Nope" on its requests, and there is none: create it.',
      "Chorus has no link to its steps: add docs.",
    ]);
  });
});
