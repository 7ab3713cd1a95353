/** The port for `doctor`: what a forge tells of the token, of what it may do in one project, and of webhooks. Reads only. */
import type { Instant } from "../model.ts";
import type { ForgeDeps, ForgeTarget } from "./forge.ts";

export type TokenKind =
  /** GitHub: scopes, all repositories of its owner. */
  | "classic"
  /** GitHub: permissions, chosen repositories. */
  | "fine-grained"
  /** GitHub: of an app where it is installed; a workflow's own is one of these. */
  | "installation"
  /** GitHub: of an OAuth app, or of an app for a person. */
  | "oauth"
  | "personal"
  /** GitLab: a bot of the project, or of a group. */
  | "project"
  | "group"
  /** GitLab: of a CI job or a deploy token, which cannot use the issues API. */
  | "job"
  | "deploy"
  | "unknown";

export interface TokenFacts {
  readonly kind: TokenKind;
  /** Handle of its account; "" where the forge does not tell. */
  readonly account: string;
  /** Null for kinds that have none, and where the forge does not tell. */
  readonly scopes: readonly string[] | null;
  /** What an app's installation may do: `issues: write`. Null where that is not to be known beforehand. */
  readonly permissions: Readonly<Record<string, string>> | null;
  readonly expiresAt: Instant | null;
}

/** `triage` is who may label and assign (GitLab: Planner, Reporter), `admin` who may see webhooks (Maintainer). */
export type Role = "none" | "read" | "triage" | "write" | "admin";

export interface ProjectFacts {
  readonly private: boolean;
  readonly archived: boolean;
  /** Whether issues are switched on. */
  readonly issues: boolean;
  /** Of the token's account. Null for an app, which has permissions instead. */
  readonly role: Role | null;
}

export type HookEvent = "issues" | "comments" | "confidential issues" | "confidential comments" | "push";

export interface HookFacts {
  readonly id: number;
  readonly url: string;
  readonly active: boolean;
  /** What it is sent for; on GitHub nothing is confidential. */
  readonly events: readonly HookEvent[];
  /** Whether deliveries are signed, or carry a plain secret. Null where the forge does not tell. */
  readonly secret: "signed" | "plain" | "none" | null;
  readonly verifiesTls: boolean;
  /** After failures: until when no delivery is sent. */
  readonly disabled: "for good" | { readonly until: Instant } | null;
  /** The latest, newest first; null where they may not be read. */
  readonly deliveries: readonly DeliveryFacts[] | null;
}

export interface DeliveryFacts {
  readonly at: Instant;
  /** Null where nobody answered. */
  readonly status: number | null;
}

/** All methods throw ForgeError. */
export interface Diagnoser {
  token(): Promise<TokenFacts>;
  project(): Promise<ProjectFacts>;
  /** Null where the token may not read them. */
  hooks(): Promise<readonly HookFacts[] | null>;
  /** Milliseconds by which the forge's clock is ahead of ours, as answers so far told; null before any did. */
  skew(): number | null;
}

export type OpenDiagnoser = (target: ForgeTarget, deps: ForgeDeps) => Diagnoser;

/** How many deliveries of a webhook are looked at. */
export const LATEST_DELIVERIES = 20;

/** Half a second of a `Date` header is cut off, and half of the way there is not the way back. */
export function skewOf(header: string | null, sent: Instant, received: Instant): number | null {
  const date = Date.parse(header ?? "");
  return Number.isNaN(date) ? null : Math.round(date + 500 - (sent + received) / 2);
}
