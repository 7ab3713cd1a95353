import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { formFiles, onboardingFormFiles } from "../../../src/engine/forms/files.ts";
import { formsOf } from "../../../src/engine/forms/form.ts";
import { githubForm } from "../../../src/engine/forms/github.ts";
import { gitlabTemplate } from "../../../src/engine/forms/gitlab.ts";
import { readFields } from "../../../src/engine/text/fields.ts";
import { boxes } from "../../../src/engine/text/markdown.ts";
import { findMarkers } from "../../../src/engine/text/safe.ts";
import { githubFaults } from "./github-rules.ts";
import { configOf, formOf, load, submitted } from "./setting.ts";

const github = configOf("github");
const gitlab = configOf("gitlab");

const CUSTOM = `---
name: Deal desk
title: "Deal desk: "
labels: [deal-desk, "no"]
inputs:
  - { id: kind, label: Kind, type: select, options: [Split, "Yes", "1.0"], required: true }
  - { id: teams, label: Teams, type: select, multiple: true, options: [AMER, EMEA] }
  - { id: agreed, label: Agreed, type: checkboxes, options: [By sales, By finance] }
  - { id: due, label: Due, type: date }
---
`;

describe("the shipped forms", () => {
  it.each([
    ["access-request", ["Full name", "Work email", "Role", "Region", "Manager", "Systems", "Justification"]],
    ["bulk-access-request", ["Manager", "Justification", "People"]],
  ])("%s asks for %s", (id, headings) => {
    const form = formOf(github, id);
    expect(form.fields.map(({ label }) => label)).toEqual(headings);
    expect(form.labels).toEqual(["access-request"]);
    expect(form.fields.every(({ required }) => required)).toBe(true);
  });

  it("ask an onboarding issue under the headings of the configuration", () => {
    const config = configOf(
      "github",
      {},
      { more: "onboarding: { label: joiner, fields: { start: First day } }" },
    );
    const form = formOf(config, "onboarding");
    expect(form.labels).toEqual(["joiner"]);
    expect(form.fields.find(({ id }) => id === "start")?.label).toBe("First day");
    const asked = new Set(form.fields.map(({ label }) => label));
    if (config.onboarding === false) throw new Error("onboarding is on");
    expect(Object.values(config.onboarding.fields).filter((heading) => !asked.has(heading))).toEqual([]);
  });

  it("offer the team's systems by name, and ask for a line where there are none", () => {
    const systems = formOf(github, "access-request").fields.find(({ id }) => id === "systems");
    expect(systems).toMatchObject({
      kind: "several",
      options: ["Chorus", "Outreach, Engage & Co", "Salesforce", "Salesforce Inbox"],
    });
    const bare = configOf("github", {}, { more: "systems: none/*.yml" });
    expect(formOf(bare, "access-request").fields.find(({ id }) => id === "systems")).toMatchObject({
      kind: "line",
      options: [],
    });
    const twice = configOf("github", { "systems/chorus-eu.yml": "name: Chorus\n" });
    const options = formOf(twice, "access-request").fields.find(({ id }) => id === "systems")?.options;
    expect(options?.filter((name) => /chorus/i.test(name))).toEqual(["chorus", "chorus-eu"]);
  });
});

describe("GitHub's issue forms", () => {
  const custom = configOf("github", { "issue-templates/deal-desk.md": CUSTOM });

  it.each(formsOf(custom).map((form) => [form.id, form] as const))(
    "%s is one by GitHub's rules",
    (_, form) => {
      expect(githubFaults(githubForm(form))).toEqual([]);
    },
  );

  it("the rules find faults where there are some", () => {
    const broken = `name: x\nlabels: []\nbody:\n  - { type: dropdown, id: "a b", attributes: { label: A, options: [no, None, None] } }\n  - { type: markdown, attributes: { value: hi }, id: m }\n`;
    expect(githubFaults(broken).length).toBeGreaterThanOrEqual(5);
  });

  it("keep every choice a text, whatever YAML would make of it", () => {
    const yaml = githubForm(formOf(custom, "deal-desk"));
    for (const version of ["1.1", "1.2"] as const) {
      const read = parse(yaml, { version });
      expect(read.body[0].attributes.options).toEqual(["Split", "Yes", "1.0"]);
      expect(read.labels).toEqual(["deal-desk", "no"]);
    }
  });

  it.each(["access-request", "bulk-access-request"])(
    "%s says so in the issue, and shows nothing of it",
    (id) => {
      const body = submitted(githubForm(formOf(github, id)), {});
      expect(findMarkers(body)).toEqual([`form:${id}`]);
      // Left as it is, that field is a blank one.
      expect(readFields(body, { why: "Justification" }).why).toBeNull();
      // An access request's boxes are work to be done: a form must bring none.
      expect(boxes(body)).toEqual([]);
    },
  );
});

describe("GitLab's description templates", () => {
  it.each(formsOf(gitlab).map((form) => [form.id, form] as const))(
    "%s says so, and asks for all",
    (id, form) => {
      const template = gitlabTemplate(form);
      expect(findMarkers(template)).toEqual([`form:${id}`]);
      const wanted = Object.fromEntries(form.fields.map((field) => [field.id, field.label]));
      expect(Object.values(readFields(template, wanted)).filter((value) => value !== null)).toEqual([]);
      for (const { label } of form.fields) expect(template).toContain(`\n### ${label}\n`);
      expect(boxes(template)).toEqual([]);
      // Nothing that GitLab would run for, or refuse, whoever makes an issue from it.
      expect(template).not.toMatch(/^\s*\//m);
      // Nothing but headings shows.
      expect(template.replace(/<!--[\s\S]*?-->/g, "").match(/^\s*[^#\s].*$/gm)).toBeNull();
    },
  );

  it("cannot be ended early by a hint", () => {
    const source =
      "---\nname: X\ntitle: X\ninputs: [{ id: a, label: A, description: 'x --> ### A\n\n  y' }]\n---\n";
    const form = formOf(configOf("gitlab", { "issue-templates/x.md": source }), "x");
    expect(readFields(gitlabTemplate(form), { a: "A" }).a).toBeNull();
  });
});

describe("where forms stand", () => {
  const paths = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path);

  it("by forge and project", () => {
    expect(paths(formFiles(github))).toEqual([
      ".github/ISSUE_TEMPLATE/access-request.yml",
      ".github/ISSUE_TEMPLATE/bulk-access-request.yml",
      ".github/ISSUE_TEMPLATE/config.yml",
    ]);
    expect(paths(onboardingFormFiles(github))).toEqual([
      ".github/ISSUE_TEMPLATE/offboarding.yml",
      ".github/ISSUE_TEMPLATE/onboarding.yml",
    ]);
    expect(paths(formFiles(gitlab))).toEqual([
      ".gitlab/issue_templates/Access request.md",
      ".gitlab/issue_templates/Bulk access request.md",
    ]);
    expect(paths(onboardingFormFiles(gitlab))).toEqual([
      ".gitlab/issue_templates/Leaver.md",
      ".gitlab/issue_templates/New hire.md",
    ]);
  });

  it("all together where one project is both, and none for an onboarding that is off", () => {
    const one = configOf("github", {}, { onboarding: "acme/Access-Requests" });
    expect(paths(formFiles(one))).toEqual([
      ".github/ISSUE_TEMPLATE/access-request.yml",
      ".github/ISSUE_TEMPLATE/bulk-access-request.yml",
      ".github/ISSUE_TEMPLATE/offboarding.yml",
      ".github/ISSUE_TEMPLATE/onboarding.yml",
      ".github/ISSUE_TEMPLATE/config.yml",
    ]);
    const off = configOf("github", {}, { more: "onboarding: false" });
    expect(onboardingFormFiles(off)).toEqual([]);
  });
});

describe("a form's source is checked", () => {
  const faults = (inputs: string, body = "") => {
    const source = `---\nname: X\ntitle: X\ninputs:\n${inputs}\n---\n${body}`;
    const read = load("github", { "issue-templates/x.md": source });
    return "faults" in read ? read.faults.map(({ line, message }) => `${line}: ${message}`) : [];
  };

  it.each([
    [
      "one heading twice",
      "  - { id: a, label: Full name }\n  - { id: b, label: full-name }",
      /^6: .*another label/,
    ],
    ["one id twice", "  - { id: a, label: A }\n  - { id: a, label: B }", /^6: .*another id/],
    ["a choice of nothing", "  - { id: a, label: A, type: select }", /^5: .*options/],
    ["a choice twice", "  - { id: a, label: A, type: select, options: [x, X] }", /^5: .*once/],
    ["None", "  - { id: a, label: A, type: select, options: [x, none] }", /^5: .*None/],
  ])("%s", (_, inputs, expected) => {
    expect(faults(inputs)).toEqual([expect.stringMatching(expected)]);
  });

  it("uses no variables: nothing would fill them in", () => {
    expect(faults("  - { id: a, label: A }", "Hello {{hire.name}}\n")).toEqual([
      expect.stringContaining("hire"),
    ]);
  });

  it("and is no template that nothing uses", () => {
    const read = load("github");
    expect("notes" in read && read.notes).toEqual([]);
  });
});
