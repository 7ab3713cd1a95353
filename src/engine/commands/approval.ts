/** Who may approve a request, and what is answered to whoever does. */

import type { ForgeKind, Instant } from "../../model.ts";
import { sameHandle } from "../cover.ts";
import type { Approvable, Approval, Loss } from "../requests/approval.ts";
import { readFields } from "../text/fields.ts";
import { inline, join, type SafeText, safe } from "../text/safe.ts";
import { readEmail, readHandle } from "../text/values.ts";

/** Headings of the shipped forms and templates. */
const FIELDS = { name: "Full name", email: "Work email", manager: "Manager", people: "People" } as const;

export interface Approvers {
  /** The manager as the request names them; null where it names nobody. */
  readonly named: string | null;
  /** Their handle; null where the field is not one handle. */
  readonly manager: string | null;
  /** Whether the request is for somebody whose name or e-mail address is this handle. */
  isFor(handle: string): boolean;
}

/** The part of an address before "@"; bounded, since people type the text. */
const LOCAL_PARTS = /([^\s<>,;|()@:]{1,64})@[^\s<>,;|()@]{1,255}/g;

export function approversOf(body: string, forge: ForgeKind): Approvers {
  const { name, email, manager, people } = readFields(body, FIELDS);
  const addresses = [email === null ? null : (readEmail(email.raw) ?? email.value), people?.raw ?? null]
    .filter((text) => text !== null)
    .flatMap((text) => Array.from(text.matchAll(LOCAL_PARTS), ([, local = ""]) => local.toLowerCase()));
  const named = name === null ? null : readHandle(name.raw, forge)?.toLowerCase();
  return {
    named: manager?.value ?? null,
    manager: manager === null ? null : readHandle(manager.raw, forge),
    isFor: (handle) => named === handle.toLowerCase() || addresses.includes(handle.toLowerCase()),
  };
}

/** Where the approval of a request stands by now. */
export interface Pending {
  readonly request: Pick<Approvable, "managers" | "faulty">;
  readonly approval: Approval;
  /** The request that this one is a part of: approval is given there. */
  readonly main: { readonly number: number } | null;
}

interface Approver {
  readonly by: string;
  /** When they said it. */
  readonly written: Instant;
  readonly approvers: Approvers;
}

interface Answer {
  readonly verdict: "done" | "refused";
  readonly said: SafeText;
}
const done = (said: SafeText): Answer => ({ verdict: "done", said });
const refused = (said: SafeText): Answer => ({ verdict: "refused", said });

const names = (handles: readonly string[]): SafeText => join(handles.map(inline), ", ");

const LOSSES: Readonly<Record<Exclude<Loss, "stranger" | "in-it" | "replaced">, SafeText>> = {
  edited: safe`people, systems or roles were edited after that: please look at them, and approve again.`,
  unsure: safe`it was edited about then, and nobody can tell which came first: please approve again.`,
  withdrawn: safe`the label was taken off after that: please approve again.`,
  faulty: safe`the request cannot be read yet: first somebody has to mend what is listed here.`,
  requester: safe`whoever opened a request cannot approve it.`,
};

/** What somebody hears who approves: whether it counts, and who is still asked. */
export function answerApproval({ request, approval, main }: Pending, who: Approver): Answer {
  const { by, written, approvers } = who;
  if (main) return refused(safe`this is a part of #${main.number}: approve it there.`);
  const { state, given, asked, lost } = approval;
  const own = given.find((one) => sameHandle(one.by, by));
  if (own) {
    if (state === "approved") return done(own.at < written ? safe`it is approved already.` : safe`approved.`);
    return done(safe`noted; it still waits for ${names(asked)}.`);
  }
  const loss = lost.find((one) => sameHandle(one.by, by) && one.at === written)?.why;
  if (loss === "in-it") return refused(safe`the request is for ${inline(by)}, who cannot approve it.`);
  if (loss && loss !== "stranger" && loss !== "replaced") return refused(LOSSES[loss]);
  if (request.managers.length > 0) return refused(notTheirs(request.managers));
  return refused(nobody(approvers));
}

/** The request names other managers. */
export const notTheirs = (managers: readonly string[]): SafeText =>
  managers.length === 1
    ? safe`only the manager whom the request names may: ${names(managers)}.`
    : safe`only the managers whom the request names may: ${names(managers)}.`;

/** The request names no manager that can be read. */
export function nobody({ named }: Approvers): SafeText {
  const found = named === null ? safe`names no manager` : safe`names ${inline(named)}, which is no handle`;
  return safe`the field Manager ${found}: write the manager's handle there, for example @meri.`;
}
