/** What forms write is what is read. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readChoices } from "../../../src/engine/forms/choices.ts";
import type { Field, Form } from "../../../src/engine/forms/form.ts";
import { githubForm } from "../../../src/engine/forms/github.ts";
import { gitlabTemplate } from "../../../src/engine/forms/gitlab.ts";
import { readFields } from "../../../src/engine/text/fields.ts";
import { findMarkers } from "../../../src/engine/text/safe.ts";
import { type Answer, configOf, filled, formOf, submitted } from "./setting.ts";

const CUSTOM = `---
name: Deal desk
title: "Deal desk: "
inputs:
  - { id: subject, label: What is it about? }
  - { id: kind, label: Kind, type: select, options: [Split, "Yes, please", "1.0"] }
  - { id: teams, label: Teams (all), type: select, multiple: true, options: [AMER, EMEA, "APAC, Japan"] }
  - { id: agreed, label: Agreed, type: checkboxes, options: [By sales, "By finance, too"] }
  - { id: notes, label: Notes, type: textarea }
  - { id: more, label: More notes, type: textarea }
---
`;
const files = { "issue-templates/deal-desk.md": CUSTOM };
const github = configOf("github", files);
const gitlab = configOf("gitlab", files);

// What stands alone on a line as people write it: any script, any punctuation that Markdown gives no meaning there.
const word = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 }),
      fc.constantFrom("Ada", "é", "名前", "שם", "O'Neil", " ", "-", "@", "."),
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((parts) =>
    parts
      .join("")
      .replace(/[\p{Cc}\p{Cf}\u00a0\u2028\u2029\\`*_~[\]<>&|#:]/gu, "")
      .replace(/\s+/g, " ")
      .trim(),
  )
  .filter(
    (text) =>
      /[\p{L}\p{N}]/u.test(text) &&
      !/^(?:no response|none|n\/a)$/i.test(text) &&
      !/^(?:[-+=]|\d+[.)])/.test(text) &&
      text.isWellFormed(),
  );
const line = fc.oneof(
  word,
  fc.emailAddress().filter((text) => !/[`*_~&|#]/.test(text)),
  fc.constantFrom("@meri", "Ada (EMEA)", "50%"),
);
// Several lines with what people put in: lists, quotes, tables, CSV, or code. Not a heading: that starts another field.
const block = fc.oneof(
  word,
  word.map((text) => `- ${text}`),
  word.map((text) => `> ${text}`),
  fc.tuple(word, word).map(([a, b]) => `${a.replaceAll(",", "")},${b}`),
  fc.tuple(word, word).map(([a, b]) => `| Name | Email |\n|---|---|\n| ${a} | ${b} |`),
);
const several = fc.oneof(
  fc.array(block, { minLength: 1, maxLength: 5 }).map((blocks) => blocks.join("\n\n")),
  word.map((text) => `\`\`\`\n${text}\n\`\`\``),
);

function answerTo({ kind, options }: Field): fc.Arbitrary<Answer> {
  const given = (): fc.Arbitrary<Answer> => {
    if (kind === "line") return line;
    if (kind === "text") return several;
    if (kind === "one") return fc.constantFrom(...options).map((name) => [name]);
    return fc.subarray([...options], { minLength: 1 });
  };
  return fc.oneof({ weight: 4, arbitrary: given() }, { weight: 1, arbitrary: fc.constant(null) });
}

const answersTo = (form: Form) =>
  fc.record(Object.fromEntries(form.fields.map((field) => [field.id, answerTo(field)])));

/** A table's rule says nothing and is not read. */
const lines = (text: string) =>
  text
    .split("\n")
    .map((one) => one.trimEnd())
    .filter((one) => one !== "|---|---|");

/** Compares what is read of a body with what was answered. */
function expectRead(form: Form, body: string, answers: Readonly<Record<string, Answer>>): void {
  const wanted = Object.fromEntries(form.fields.map(({ id, label }) => [id, label]));
  const read = readFields(body, wanted);
  for (const { id, kind, options } of form.fields) {
    const answer = answers[id] ?? null;
    const field = read[id] ?? null;
    if (answer === null) expect(field, id).toBeNull();
    else if (kind === "boxes") expect(field?.ticked, id).toEqual(answer);
    else if (typeof answer !== "string") {
      expect(readChoices(field?.value ?? "", options), id).toEqual({ known: answer, unknown: [] });
    } else if (kind === "line") expect(field?.value, id).toBe(answer);
    // One line that is a list item is read without its mark, and code alone as what is in it.
    else if (!answer.includes("\n")) expect(answer.endsWith(field?.value ?? "?"), id).toBe(true);
    else if (!/^`{3}[^`]*`{3}$/.test(answer)) expect(lines(field?.raw ?? ""), id).toEqual(lines(answer));
    else expect(answer, id).toContain(field?.value ?? "?");
  }
}

describe.each(["access-request", "bulk-access-request", "deal-desk", "onboarding", "offboarding"])(
  "%s",
  (id) => {
    it("submitted on GitHub is read back", () => {
      const form = formOf(github, id);
      const yaml = githubForm(form);
      fc.assert(
        fc.property(answersTo(form), (answers) => {
          const body = submitted(yaml, answers);
          expectRead(form, body, answers);
          expectRead(form, body.replaceAll("\n", "\r\n"), answers);
          const claims = form.fields.some(({ kind }) => kind === "text") ? [`form:${id}`] : [];
          expect(findMarkers(body)).toEqual(claims);
        }),
        { numRuns: 300 },
      );
    });

    it("filled in on GitLab is read back", () => {
      const form = formOf(gitlab, id);
      const template = gitlabTemplate(form);
      fc.assert(
        fc.property(answersTo(form), (answers) => {
          const typed = Object.fromEntries(
            Object.entries(answers).filter(([field]) => kindOf(form, field) !== "boxes"),
          );
          const ticked = Object.entries(answers).flatMap(([field, answer]) =>
            kindOf(form, field) === "boxes" && Array.isArray(answer) ? answer : [],
          );
          const body = filled(template, form, typed).replace(/^- \[ \] (.+)$/gm, (box, text) =>
            ticked.includes(text) ? `- [x] ${text}` : box,
          );
          expectRead(form, body, answers);
          expectRead(form, body.replaceAll("\n", "\r\n"), answers);
          expect(findMarkers(body)).toEqual([`form:${id}`]);
        }),
        { numRuns: 300 },
      );
    });
  },
);

const kindOf = (form: Form, id: string) => form.fields.find((field) => field.id === id)?.kind;

describe("choices", () => {
  const options = ["Salesforce", "Salesforce Inbox", "Outreach, Engage & Co", "Chorus"];

  it.each([
    ["salesforce;CHORUS", ["Salesforce", "Chorus"], []],
    ["Outreach, Engage & Co, Chorus", ["Outreach, Engage & Co", "Chorus"], []],
    ["- Salesforce Inbox\n- Chorus", ["Salesforce Inbox", "Chorus"], []],
    ["Chorus, chorus", ["Chorus"], []],
    ["Salesforec, Chorus", ["Chorus"], ["Salesforec"]],
    ["Outreach, Chorus", ["Chorus"], ["Outreach"]],
    ["", [], []],
  ])("%j", (answer, known, unknown) => {
    expect(readChoices(answer, options)).toEqual({ known, unknown });
  });
});
