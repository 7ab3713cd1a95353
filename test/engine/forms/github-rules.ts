/**
 * GitHub's rules for issue forms, from
 * https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-issue-forms
 * and the page on common validation errors beside it.
 */
import { parse } from "yaml";
import { z } from "zod";

const text = z.string().min(1);
const id = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/)
  .optional();
const validations = z.strictObject({ required: z.boolean().optional() }).optional();
const shared = { label: text, description: z.string().optional() };
const typed = { ...shared, placeholder: z.string().optional(), value: z.string().optional() };
const distinct = (all: readonly string[]) =>
  new Set(all.map((one) => one.toLowerCase())).size === all.length && !all.some((one) => /^none$/i.test(one));

const element = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("markdown"), attributes: z.strictObject({ value: text }) }),
  z.strictObject({ type: z.literal("input"), id, attributes: z.strictObject(typed), validations }),
  z.strictObject({
    type: z.literal("textarea"),
    id,
    attributes: z.strictObject({ ...typed, render: text.optional() }),
    validations,
  }),
  z.strictObject({
    type: z.literal("dropdown"),
    id,
    attributes: z.strictObject({
      ...shared,
      multiple: z.boolean().optional(),
      options: z.array(text).min(1).refine(distinct, "options are distinct and none is None"),
      default: z.int().optional(),
    }),
    validations,
  }),
  z.strictObject({
    type: z.literal("checkboxes"),
    id,
    attributes: z.strictObject({
      ...shared,
      options: z
        .array(z.strictObject({ label: text, required: z.boolean().optional() }))
        .min(1)
        .refine((all) => distinct(all.map(({ label }) => label)), "options are distinct and none is None"),
    }),
    validations,
  }),
]);

const form = z.strictObject({
  name: text,
  description: text,
  title: text.optional(),
  labels: z.array(text).min(1).optional(),
  assignees: z.array(text).min(1).optional(),
  projects: z.array(text).min(1).optional(),
  type: text.optional(),
  body: z
    .array(element)
    .min(1)
    .refine((all) => all.some(({ type }) => type !== "markdown"), "one element that is not Markdown")
    .refine((all) => {
      const named = all.flatMap((one) => (one.type === "markdown" ? [] : [one]));
      const unique = (names: readonly (string | undefined)[]) => {
        const given = names.filter((name) => name !== undefined);
        return new Set(given).size === given.length;
      };
      return unique(named.map((one) => one.id)) && unique(named.map((one) => one.attributes.label));
    }, "ids and labels are unique"),
});

/** What GitHub would refuse in this form. */
export function githubFaults(yaml: string): string[] {
  // GitHub reads YAML 1.1, in which `no` is false.
  const read = form.safeParse(parse(yaml, { version: "1.1" }));
  return read.success ? [] : flat(read.error.issues);
}

const flat = (issues: readonly z.core.$ZodIssue[]): string[] =>
  issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
