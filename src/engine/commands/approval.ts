/** Who may approve a request: read from its body. */
import type { ForgeKind } from "../../model.ts";
import { readFields } from "../text/fields.ts";
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
