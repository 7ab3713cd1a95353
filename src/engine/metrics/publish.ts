/**
 * Which forms of the board are published: those that `board.summary.publish` names, decided here for the living issue,
 * for the files that CI publishes, and for what the app shows at `/board`.
 */
import type { Config } from "../config/schema.ts";

export type Form = "issue" | FileForm;
export type FileForm = (typeof FILES)[number]["form"];

/** The forms that are files, by the format that makes each; they are published beside each other. */
export const FILES = [
  { form: "page", format: "html", file: "index.html" },
  { form: "csv", format: "csv", file: "board.csv" },
  { form: "json", format: "json", file: "board.json" },
] as const;

export const publishes = ({ board }: Pick<Config, "board">, form: Form): boolean =>
  board !== false && board.summary.publish.includes(form);

/** Why some form is not published, as the end of a sentence. */
export const whyNot = ({ board }: Pick<Config, "board">, ...forms: readonly Form[]): string =>
  board === false
    ? "the configuration switches the board off (board: false)"
    : `board.summary.publish does not name ${forms.join(" or ")}`;
