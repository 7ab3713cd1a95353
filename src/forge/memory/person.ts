import type { CloseReason } from "../../model.ts";
import { createIssue, editIssue, type IssueEdit } from "./acts.ts";
import { comment, editComment } from "./comments.ts";
import type { MemoryForge } from "./memory.ts";
import type { Account } from "./state.ts";
import { setBox } from "./text.ts";

/**
 * Somebody who works on issues by hand, by the same rules as over HTTP. Each act throws `Refusal` where the
 * forge would say no, and does nothing where the issue already is as wanted.
 */
export class Person {
  readonly #forge: MemoryForge;
  readonly #account: Account;

  constructor(forge: MemoryForge, account: Account) {
    this.#forge = forge;
    this.#account = account;
  }

  /** Returns the number of the new issue. */
  open(
    project: string,
    issue: {
      title: string;
      body?: string;
      labels?: readonly string[];
      assignees?: readonly string[];
      confidential?: boolean;
    },
  ): number {
    return createIssue(this.#in(project), { body: "", ...issue }).number;
  }

  /** GitHub: a pull request takes its number from the issues and shows among them. */
  openPull(project: string, title: string): number {
    return createIssue(this.#in(project), { title, body: "", pull: true }).number;
  }

  edit(
    project: string,
    issue: number,
    edit: { title?: string; body?: string; confidential?: boolean },
  ): void {
    this.#edit(project, issue, edit);
  }

  label(project: string, issue: number, ...labels: string[]): void {
    this.#edit(project, issue, { addLabels: labels });
  }

  unlabel(project: string, issue: number, ...labels: string[]): void {
    this.#edit(project, issue, { removeLabels: labels });
  }

  /** On GitLab Free, where an issue has one assignee, the newest takes the place, as in its web page. */
  assign(project: string, issue: number, handle = this.#account.handle): void {
    const others = this.#forge.issue(project, issue).assignees.map((each) => each.handle);
    this.#edit(project, issue, {
      assignees: this.#forge.kind === "github" ? [...others, handle] : [handle, ...others],
    });
  }

  unassign(project: string, issue: number, handle = this.#account.handle): void {
    this.#edit(project, issue, { removeAssignees: [handle] });
  }

  /** Ticks the first box whose line contains `box`, or the one at that place (from 0). Throws where there is none. */
  tick(project: string, issue: number, box: string | number): void {
    this.#setBox(project, issue, box, true);
  }

  untick(project: string, issue: number, box: string | number): void {
    this.#setBox(project, issue, box, false);
  }

  /** Returns the comment's id; null where it was only quick actions. */
  comment(project: string, issue: number, body: string): string | null {
    const made = comment(this.#in(project), issue, body);
    return made && String(made.id);
  }

  editComment(project: string, id: string, body: string): void {
    editComment(this.#in(project), Number(id), body);
  }

  /** GitLab keeps no reason. */
  close(project: string, issue: number, reason: CloseReason = "completed"): void {
    this.#edit(project, issue, { state: "closed", closeReason: reason });
  }

  reopen(project: string, issue: number): void {
    this.#edit(project, issue, { state: "open" });
  }

  #in(project: string) {
    return this.#forge.acting(this.#account, project);
  }

  #edit(project: string, issue: number, edit: IssueEdit): void {
    editIssue(this.#in(project), issue, edit);
  }

  #setBox(project: string, issue: number, box: string | number, done: boolean): void {
    const body = setBox(this.#forge.issue(project, issue).body, box, done);
    if (body === null) {
      throw new Error(`${project}#${issue} has no ${done ? "open" : "ticked"} box ${JSON.stringify(box)}`);
    }
    this.#edit(project, issue, { body });
  }
}
