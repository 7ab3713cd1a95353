import type { FrontMatter } from "../config/files.ts";
import type { ContextKind } from "./context.ts";

/** An issue template as read: its front matter and its Handlebars body. */
export interface Template extends FrontMatter {
  /** Name by which configuration refers to it: the file's base name. */
  readonly id: string;
  readonly file: string;
  /** What it may use, by what the configuration uses it for; null where nothing uses it. */
  readonly kind: ContextKind | null;
  readonly body: string;
  /** Line of the file on which the body starts, from 1. */
  readonly bodyLine: number;
}
