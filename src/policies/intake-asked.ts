/** Who is asked for what by the open requests of a project, so that nobody is asked for twice. */
import { accessOf } from "../engine/access/record.ts";
import { grantsOf } from "../engine/requests/read.ts";
import { grantKey } from "../engine/requests/write.ts";
import type { Issue } from "../model.ts";
import type { Look } from "./policy.ts";
import { isCompleted, isRequest, partOfRequest } from "./request.ts";

interface Asking {
  readonly issue: Issue;
  /** Number of the issue that was filed: a part asks for what the whole request does. */
  readonly root: number;
}

/** What a request asks for and has not declined, by `grantKey`. */
export function asksOf(look: Look, issue: Issue): string[] {
  const record = look.own("requests", issue.author) ? accessOf(issue) : null;
  if (record) {
    const { does, email, systems } = record;
    return does === "give" && email !== null ? Object.keys(systems).map((id) => grantKey(id, email)) : [];
  }
  return grantsOf(issue, look.config)
    .filter(({ box }) => box.ticked || !box.done)
    .map(({ system, email }) => grantKey(system, email));
}

export class Asked {
  readonly #look: Look;
  #byKey: Map<string, Asking[]> | null = null;

  constructor(look: Look) {
    this.#look = look;
  }

  /** @returns false while the list of requests has not been read */
  read(): boolean {
    if (this.#byKey) return true;
    const look = this.#look;
    const all = look.all("requests");
    if (!all) return false;
    this.#byKey = new Map();
    for (const issue of all) {
      if (issue.state === "closed" || !isRequest(look, issue) || isCompleted(look, issue)) continue;
      this.add(issue, partOfRequest(look, issue)?.main ?? issue.number, asksOf(look, issue));
    }
    return true;
  }

  add(issue: Issue, root: number, keys: Iterable<string>): void {
    for (const key of keys) {
      const before = this.#byKey?.get(key);
      if (before) before.push({ issue, root });
      else this.#byKey?.set(key, [{ issue, root }]);
    }
  }

  /**
   * Another request that asks for the same: the one that was filed first.
   * @param has whether the request itself has a box for it; then only an older one counts
   */
  elsewhere(key: string, root: number, has: boolean): Issue | null {
    const others = (this.#byKey?.get(key) ?? []).filter(
      (one) => one.root !== root && (!has || one.root < root),
    );
    return others.sort((a, b) => a.root - b.root)[0]?.issue ?? null;
  }
}
