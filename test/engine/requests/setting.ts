/** Requests as people file them, and the words they are made of. */
import fc from "fast-check";
import type { Config } from "../../../src/engine/config/schema.ts";
import { plain } from "../../../src/engine/text/safe.ts";
import { readEmail } from "../../../src/engine/text/values.ts";
import type { ForgeKind } from "../../../src/model.ts";
import { configOf } from "../forms/setting.ts";

/** What the systems of a team look like that this folder's tests need: roles, invite lists, an order, alike names. */
const FILES = {
  "systems/chorus.yml":
    'name: Chorus\ninvite: comma\nroles: { default: Member, by_role: { "Account Executive": Recorder } }\ntasks: [Invite from Settings, "Set role, team and licence"]\ndepends_on: [salesforce]\ndocs: https://example.com/chorus\n',
  "systems/salesforce.yml": "name: Salesforce\ninvite: lines\ntasks: [Create the user]\n",
  "systems/cpp.yml": "name: C++\n",
  "systems/c.yml": "name: C\ninvite: semicolon\n",
  "systems/twin-a.yml": "name: Twin\n",
  "systems/twin-b.yml": "name: Twin\n",
};
const CONFIGS = new Map<ForgeKind, Config>();
export function config(kind: ForgeKind = "github"): Config {
  const known = CONFIGS.get(kind) ?? configOf(kind, FILES);
  CONFIGS.set(kind, known);
  return known;
}

export const heading = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([label, value]) => `### ${label}\n\n${value}\n`)
    .join("\n");

export const ADA = {
  "Full name": "Ada Lovelace",
  "Work email": "ada@example.com",
  Role: "Account Executive",
  Region: "EMEA",
  Manager: "@meri",
  Systems: "Salesforce, Chorus",
  Justification: "She sells.",
};
export const single = (fields: Partial<typeof ADA> = {}): string => heading({ ...ADA, ...fields });

export const bulk = (people: string, fields: Readonly<Record<string, string>> = {}): string =>
  heading({ Manager: "@meri", Justification: "A new team.", ...fields, People: people });

/** Anything a person's name may hold in one line: every script, pipes, quotes, Markdown, right-to-left text. */
export const anyText = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
    fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
    fc.constantFrom(
      "שמעון פרס",
      "محمد علي",
      "O'Neil, Jr.",
      'Ada "Ace" Lovelace',
      "a | b",
      "- [ ] x",
      "</details>",
      "<!-- x -->",
      "@amber /close",
      "~~gone~~ (n/a)",
      "x, `y`",
      "*a* _b_",
      "\\|",
      "名前",
    ),
  )
  .filter((text) => text.isWellFormed());

/** One line as somebody means it; what says that there is no answer is none. */
export const words = anyText
  .map((text) => plain(text).replaceAll("\u200b", "").replaceAll("\u00a0", " ").trim())
  .filter(
    (text) => text !== "" && text.length < 200 && !/^(?:_?no response_?|none|n\/a|[-–—]+)$/i.test(text),
  );

/** Strikethrough does not go around a text that has its marks. */
export const email = fc
  .oneof(fc.emailAddress(), fc.constantFrom("a|b@x.com", "`a`@x.com", "jos\u00e9@example.com", "$%@x.org"))
  .filter((text) => readEmail(text) === text && !text.includes("~~"));
