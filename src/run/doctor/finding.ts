/** What was observed, and what `doctor` makes of it. */
import type { Note } from "../../engine/config/fault.ts";
import type { LabelChange } from "../../engine/labels.ts";
import type { HookFacts, ProjectFacts, TokenFacts } from "../../forge/diagnoser.ts";
import type { ForgeErrorKind } from "../../forge/forge.ts";
import type { ForgeKind, Instant, ProjectRole } from "../../model.ts";
import type { DeadLetter, InboxStats } from "../inbox/inbox.ts";

export type Area = "config" | "token" | "rights" | "labels" | "team" | "webhooks" | "clock" | "store";

export interface Finding {
  /** `error`: something will not work. `warning`: something works less well. `note`: worth knowing. `ok`: as it should be. */
  readonly severity: "error" | "warning" | "note" | "ok";
  readonly area: Area;
  /** Full name of the project it is about. */
  readonly project: string | null;
  readonly message: string;
  /** What to do about it; null for what is well. */
  readonly fix: string | null;
}

/** A reading that failed. */
export interface Failure {
  readonly kind: ForgeErrorKind;
  readonly message: string;
}
/** What was read, or why it was not. */
export type Reading<T> = { readonly value: T } | { readonly failure: Failure };

export interface ObservedProject {
  readonly forge: ForgeKind;
  /** Full name. */
  readonly name: string;
  /** What it is to the team; may be both. */
  readonly roles: readonly ProjectRole[];
  readonly token: Reading<TokenFacts>;
  readonly project: Reading<ProjectFacts>;
  /** What `labels sync` would do. */
  readonly labels: Reading<readonly LabelChange[]>;
  /** Members of the team that are none of the project. */
  readonly strangers: Reading<readonly string[]>;
  /** Null where they may not be read. */
  readonly hooks: Reading<readonly HookFacts[] | null>;
  /** Milliseconds by which the forge's clock is ahead. */
  readonly skew: number | null;
}

export type ObservedStore =
  /** No webhook app has run here. */
  | { readonly state: "absent" }
  | { readonly state: "open"; readonly stats: InboxStats; readonly dead: readonly DeadLetter[] }
  /** Another process has it, or it is out of reach. */
  | { readonly state: "closed"; readonly why: string };

export interface Observed {
  readonly now: Instant;
  readonly notes: readonly Note[];
  /** The configuration on the default branch of each project that has one, held against this one. */
  readonly homes: readonly { readonly name: string; readonly same: boolean }[];
  /** What the webhook app last found about the configurations it serves. */
  readonly served: readonly {
    readonly name: string;
    readonly trouble: string;
    readonly inForce: boolean;
  }[];
  readonly projects: readonly ObservedProject[];
  /** Which secrets are set for webhooks. */
  readonly secrets: {
    readonly github: boolean;
    readonly gitlabSigning: boolean;
    readonly gitlabPlain: boolean;
  };
  /** Why the cache cannot be written; null where it can. */
  readonly cache: string | null;
  readonly inbox: ObservedStore;
}
