/**
 * The values a configuration is made of: times, days, handles, labels. Each says in `error` what it expects,
 * so that a fault can repeat it. No transforms: the JSON schema is generated from these.
 */
import { z } from "zod";

/** GitHub's limits for a label: https://docs.github.com/rest/issues/labels and the label form. */
export const GITHUB_LABEL_LIMIT = 50;
export const GITHUB_LABEL_DESCRIPTION_LIMIT = 100;
/** GitLab: app/models/label.rb; a description that long fits neither forge's page. */
const LABEL_LIMIT = 255;
export const LABEL_DESCRIPTION_LIMIT = 500;

export const WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"] as const;

/** Text in one line with something in it. */
export const line = (expected = "text in one line") =>
  z.string({ error: expected }).regex(/^(?=.*\S)[^\r\n]*$/, { error: expected });

export const clock = () => {
  const error = 'a time from "00:00" to "23:59", as "HH:MM"';
  return z.string({ error }).regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error });
};

/** Whether the day exists is checked where the files are checked: a pattern cannot tell. */
export const day = () => {
  const error = "a day as YYYY-MM-DD";
  return z.string({ error }).regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, { error });
};

export const timezone = () => line("an IANA time zone such as Europe/London");

export const country = () => {
  const error = "an ISO 3166-1 country code of two letters, such as US, GB or DE";
  return z.string({ error }).regex(/^[A-Za-z]{2}$/, { error });
};

export const region = () => line("a region of the country, such as ny in US or by in DE");

/** Working time, as `parseDuration` reads it; `1d` is one working day of `hours`. */
const DURATION = /^(?=.*[1-9])(\d{1,4}d)?\s*(\d{1,5}h)?\s*(\d{1,6}m)?$/;
export const duration = () => {
  const error = "a working time in days, hours or minutes, such as 1d, 4h or 1d 4h";
  return z.string({ error }).regex(DURATION, { error });
};

/** GitHub: letters, digits, hyphens. GitLab: also underscores and dots, not at an end. `[bot]` is a GitHub app. */
export const HANDLE = /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_-])?(\[bot\])?$/;
export const handle = () => {
  const error = "a handle without @, such as amber";
  return z.string({ error }).max(255, { error }).regex(HANDLE, { error });
};

export const labelName = () => {
  const error = `a label name of 1 to ${LABEL_LIMIT} characters without a comma`;
  return z
    .string({ error })
    .max(LABEL_LIMIT, { error })
    .regex(/^[^\s,]([^\r\n\t,]*[^\s,])?$/, { error });
};

export const color = () => {
  const error = 'a colour as "#rrggbb", in quotes (# starts a comment)';
  return z.string({ error }).regex(/^#[0-9A-Fa-f]{6}$/, { error });
};

/** The name by which config files refer to each other: a file's base name. */
export const id = (what: string) => {
  const error = `${what} (letters, digits, - and _)`;
  return z.string({ error }).regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, { error });
};

/** Working day of a period: -3 is WD-3, 2 is WD+2. There is no WD0. */
export const periodDay = () => {
  const error = "a working day of the period: -1 is its last one, 1 the first one after it; there is no 0";
  return z
    .int({ error })
    .min(-66, { error })
    .max(66, { error })
    .refine((n) => n !== 0, { error })
    .meta({ not: { const: 0 } });
};

export const webUrl = () => {
  const error = "a web address that starts with https:// or http://";
  return z.string({ error }).regex(/^https?:\/\/[^\s<>"]+$/, { error });
};

export const yesNo = () => z.boolean({ error: "true or false" });

/** A path inside the repository, relative to the configuration's folder. */
export const path = (expected: string) => {
  const error = `${expected}, relative, with / between folders and without ..`;
  return z.string({ error }).regex(/^(?!\/|[A-Za-z]:)(?!(.*\/)?\.\.(\/|$))[^\\\r\n]+$/, { error });
};
