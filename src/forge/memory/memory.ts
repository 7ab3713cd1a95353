/**
 * A forge in memory: accounts, projects, issues and all that happens to them, by the rules of GitHub or of
 * GitLab. It stands behind the policy tests, simulations and drills as a `Forge`, and behind the sandbox as
 * what its HTTP faces show.
 */
import type { ForgeKind, Instant } from "../../model.ts";
import type { Forge } from "../forge.ts";
import { memoryForge } from "./adapter.ts";
import { createLabel } from "./labels.ts";
import { Person } from "./person.ts";
import type { Doing } from "./rules.ts";
import {
  type Account,
  type Happening,
  type Notification,
  type Project,
  Refusal,
  type Right,
  type StoredComment,
  type StoredIssue,
  type Token,
} from "./state.ts";

export interface MemoryOptions {
  readonly kind: ForgeKind;
  readonly now: () => Instant;
  /** GitLab Premium: scoped labels exclude each other, issues have several assignees. Off is the Free tier. */
  readonly premium?: boolean;
  /** Root of the web pages, for links. */
  readonly web?: string;
}

export class MemoryForge {
  readonly kind: ForgeKind;
  readonly now: () => Instant;
  readonly premium: boolean;
  web: string;
  readonly accounts = new Map<string, Account>();
  readonly tokens = new Map<string, Token>();
  readonly projects = new Map<string, Project>();
  /** Everybody who was notified by a mention, oldest first. */
  readonly notified: Notification[] = [];
  readonly #listeners = new Set<(happening: Happening) => void>();
  #lastId = 1000;

  constructor(options: MemoryOptions) {
    this.kind = options.kind;
    this.now = options.now;
    this.premium = options.premium ?? false;
    this.web = options.web ?? (options.kind === "github" ? "https://github.com" : "https://gitlab.com");
  }

  /** A number nobody has had yet, growing; ids of everything come from here, so they order what happened. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** The forge's clock as it stores it: GitHub keeps whole seconds, GitLab milliseconds. */
  stamp(): Instant {
    const at = this.now();
    return this.kind === "github" ? Math.floor(at / 1000) * 1000 : at;
  }

  addAccount(
    handle: string,
    options: { name?: string; bot?: boolean; token?: string; scope?: "full" | "read" } = {},
  ): Account {
    if (this.accounts.has(key(handle))) throw new Error(`There is an account "${handle}" already`);
    const account: Account = {
      id: this.nextId(),
      handle,
      name: options.name ?? handle,
      bot: options.bot ?? false,
      gone: false,
    };
    this.accounts.set(key(handle), account);
    if (options.token !== undefined) this.addToken(handle, options.token, options.scope);
    return account;
  }

  addToken(
    handle: string,
    value: string,
    scope: "full" | "read" = "full",
    told: { scopes?: readonly string[]; expiresAt?: Instant } = {},
  ): void {
    const { scopes = null, expiresAt = null } = told;
    this.tokens.set(value, { value, account: this.account(handle), scope, scopes, expiresAt });
  }

  /** The account goes, what it did stays without a name. */
  removeAccount(handle: string): void {
    const account = this.account(handle);
    account.gone = true;
    this.accounts.delete(key(handle));
    for (const token of [...this.tokens.values()])
      if (token.account === account) this.tokens.delete(token.value);
    for (const project of this.projects.values()) project.rights.delete(key(handle));
  }

  /** @param rights what each account may do, by handle; an account not named has `none` */
  addProject(
    name: string,
    options: { private?: boolean; rights?: Readonly<Record<string, Right>> } = {},
  ): Project {
    if (this.projects.has(name.toLowerCase())) throw new Error(`There is a project "${name}" already`);
    const project: Project = {
      id: this.nextId(),
      name,
      private: options.private ?? true,
      rights: new Map(),
      labels: [],
      issues: new Map(),
      comments: new Map(),
      pinned: [],
      lastNumber: 0,
    };
    this.projects.set(name.toLowerCase(), project);
    for (const [handle, right] of Object.entries(options.rights ?? {})) this.grant(name, handle, right);
    return project;
  }

  grant(project: string, handle: string, right: Right): void {
    this.project(project).rights.set(key(this.account(handle).handle), right);
  }

  addLabel(project: string, name: string, options: { color?: string; description?: string } = {}): void {
    const color = options.color ?? "#ededed";
    createLabel(
      { forge: this, project: this.project(project), actor: null },
      { name, color, description: options.description ?? "" },
    );
  }

  /** Handles ignore case on both forges. */
  findAccount(handle: string): Account | undefined {
    return this.accounts.get(key(handle));
  }

  account(handle: string): Account {
    const found = this.findAccount(handle);
    if (!found) throw new Error(`No account "${handle}" in this forge: add it with addAccount`);
    return found;
  }

  findProject(name: string): Project | undefined {
    return this.projects.get(name.toLowerCase());
  }

  project(name: string): Project {
    const found = this.findProject(name);
    if (!found) throw new Error(`No project "${name}" in this forge: add it with addProject`);
    return found;
  }

  /** An issue as it stands, for assertions. Throws where there is none. */
  issue(project: string, number: number): StoredIssue {
    const found = this.project(project).issues.get(number);
    if (!found) throw new Error(`No issue ${project}#${number} in this forge`);
    return found;
  }

  /** Deletes an issue, or moves it elsewhere: its number is never used again. */
  removeIssue(project: string, number: number): void {
    this.project(project).issues.delete(number);
  }

  right(project: Project, account: Account): Right {
    return project.rights.get(key(account.handle)) ?? "none";
  }

  /** Label names ignore case on GitHub and not on GitLab. */
  sameLabel(a: string, b: string): boolean {
    return this.kind === "github" ? a.toLowerCase() === b.toLowerCase() : a === b;
  }

  issueUrl(project: Project, number: number): string {
    const middle = this.kind === "github" ? "" : "/-";
    return `${this.web}/${project.name}${middle}/issues/${number}`;
  }

  commentUrl(project: Project, comment: StoredComment): string {
    const anchor = this.kind === "github" ? "issuecomment-" : "note_";
    return `${this.issueUrl(project, comment.issue)}#${anchor}${comment.id}`;
  }

  /** Hears of every change, right after it happened. Returns what stops it. */
  listen(listener: (happening: Happening) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(happening: Happening): void {
    for (const listener of this.#listeners) listener(happening);
  }

  /** Someone who acts by hand. */
  by(handle: string): Person {
    return new Person(this, this.account(handle));
  }

  /** Somebody in a project, for the rules of `acts.ts`. Throws a 404 Refusal where they may not see it. */
  acting(account: Account, project: string): Doing {
    const found = this.findProject(project);
    if (!found || (found.private && this.right(found, account) === "none")) {
      throw new Refusal(404, this.kind === "github" ? "Not Found" : "404 Project Not Found");
    }
    return { forge: this, project: found, actor: account };
  }

  /** The port to one project for one account. Reads and writes happen at once; no requests, no limits. */
  as(handle: string, project: string): Forge {
    return memoryForge(this, this.account(handle), project);
  }
}

function key(handle: string): string {
  return handle.toLowerCase();
}
