/** Comments and reactions. */
import type { Reaction } from "../../model.ts";
import { applyEdit } from "./acts.ts";
import { interpret, readText } from "./quick.ts";
import { checkBody, type Doing, demand, findComment, findIssue, notify, tell, touch } from "./rules.ts";
import { type Before, Refusal, type StoredComment, type StoredEvent, type StoredIssue } from "./state.ts";
import { mentions, type QuickAction } from "./text.ts";

/**
 * @returns the comment, or null where GitLab found only quick actions in it and kept no note
 */
export function comment(acting: Doing, number: number, body: string): StoredComment | null {
  const { forge, project, actor } = acting;
  const issue = findIssue(acting, number);
  checkBody(forge, body);
  const { text, actions } = readText(acting, body);
  if (forge.kind === "github" && text.trim() === "") throw new Refusal(422, "body can't be blank", "body");
  let made: StoredComment | null = null;
  if (text.trim() !== "") {
    const at = forge.stamp();
    made = {
      id: forge.nextId(),
      issue: number,
      author: actor,
      body: text,
      createdAt: at,
      updatedAt: at,
      reactions: [],
    };
    issue.comments.push(made);
    project.comments.set(made.id, made);
    notify(acting, issue, text);
    touch(forge, issue);
    tell(acting, issue, "commented", { comment: made });
  }
  runActions(acting, issue, actions);
  return made;
}

export function editComment(acting: Doing, id: number, body: string): StoredComment {
  const { forge, actor } = acting;
  const { issue, comment } = findComment(acting, id);
  if (comment.author !== actor) demand(acting, "write");
  checkBody(forge, body);
  const { text, actions } = readText(acting, body);
  if (text !== comment.body) {
    const commentBefore = comment.body;
    comment.body = text;
    comment.updatedAt = forge.stamp();
    notify(acting, issue, text, new Set(mentions(commentBefore)));
    touch(forge, issue);
    tell(acting, issue, "comment-edited", { comment, commentBefore });
  }
  runActions(acting, issue, actions);
  return comment;
}

/** @returns false where this account had reacted so already */
export function react(acting: Doing, id: number, reaction: Reaction): boolean {
  const { reactions } = findComment(acting, id).comment;
  if (reactions.some((each) => each.account === acting.actor && each.reaction === reaction)) return false;
  reactions.push({ id: acting.forge.nextId(), account: acting.actor, reaction });
  return true;
}

function runActions(acting: Doing, issue: StoredIssue, actions: readonly QuickAction[]): void {
  const before: Before = {};
  const events: StoredEvent[] = [];
  const edit = interpret(acting, issue, actions);
  if (edit && applyEdit(acting, issue, edit, before, events))
    tell(acting, issue, "changed", { before, events });
}
