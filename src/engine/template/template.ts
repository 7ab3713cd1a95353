import type { FrontMatter } from "../config/files.ts";

/** An issue template as read: its front matter and its Handlebars body. */
export interface Template extends FrontMatter {
  /** Name by which configuration refers to it: the file's base name. */
  readonly id: string;
  readonly file: string;
  readonly body: string;
  /** Line of the file on which the body starts, 1-based. */
  readonly bodyLine: number;
}
