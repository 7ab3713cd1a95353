/** What the status comment of a close remembers, as the key of its section: what no forge tells a second time. */
import type { Instant } from "../../model.ts";
import type { Doers } from "./doers.ts";
import { type Back, WHYS } from "./judge.ts";

/** A change to the body after the close. */
export interface Late {
  /** Of the body after it. */
  readonly hash: string;
  readonly by: Doers;
}

/** An exception as it is listed. */
export interface Listed {
  readonly number: number;
  readonly label: string;
  readonly approver: string | null;
  readonly title: string;
}

/** A list of attainment that was checked. */
export interface Attainment {
  /** SHA-256 of its text. */
  readonly hash: string;
  readonly payees: number;
  readonly faults: number;
}

export interface CloseMemory {
  /** When the latest tick happened that `ticked` rests on. */
  readonly at: Instant;
  readonly ticked: ReadonlyMap<string, Doers>;
  readonly signed: ReadonlyMap<string, string>;
  readonly backs: readonly Back[];
  /** It was closed too early, and opened again. */
  readonly reopened: boolean;
  /** Hash of the body as it was closed, and when that was; null while it is open. */
  readonly closed: { readonly hash: string; readonly at: Instant | null } | null;
  readonly late: readonly Late[];
  /** The exceptions stay as they were at the sign-off. */
  readonly frozen: boolean;
  readonly exceptions: readonly Listed[];
  readonly attainment: Attainment | null;
}

export const NOTHING: CloseMemory = {
  at: Number.NEGATIVE_INFINITY,
  ticked: new Map(),
  signed: new Map(),
  backs: [],
  reopened: false,
  closed: null,
  late: [],
  frozen: false,
  exceptions: [],
  attainment: null,
};

const handles = (list: Doers): string => (list.length === 0 ? "?" : list.join(","));
const readHandles = (text = "?"): Doers => (text === "?" ? [] : text.split(","));
const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

/** @param text hash of what the section says: another text has another key */
export function writeMemory(memory: CloseMemory, text: string): string {
  const { at, ticked, signed, backs, reopened, closed, late, frozen, exceptions, attainment } = memory;
  return [
    `text ${text}`,
    ...(Number.isFinite(at) ? [`at ${at}`] : []),
    ...sorted(ticked).map(([name, by]) => `tick ${name} ${handles(by)}`),
    ...sorted(signed).map(([id, by]) => `sign ${id} ${by}`),
    ...backs.map(({ name, why, by }) => `back ${name} ${why} ${handles(by)}`),
    ...(reopened ? ["reopened"] : []),
    ...(closed === null ? [] : [`closed ${closed.hash} ${closed.at ?? "-"}`]),
    ...late.map(({ hash, by }) => `late ${hash} ${handles(by)}`),
    ...exceptions.map((one) => `exception ${one.number} ${one.approver ?? "-"} ${one.label}\t${one.title}`),
    ...(frozen ? ["frozen"] : []),
    ...(attainment ? [`attainment ${attainment.hash} ${attainment.payees} ${attainment.faults}`] : []),
  ].join("\n");
}

/** Nothing for what is no such key. */
export function readMemory(key: string | null): CloseMemory {
  const ticked = new Map<string, Doers>();
  const signed = new Map<string, string>();
  const backs: Back[] = [];
  const late: Late[] = [];
  const exceptions: Listed[] = [];
  let { at, reopened, closed, frozen, attainment } = NOTHING;
  for (const line of key?.startsWith("text ") ? key.split("\n") : []) {
    const [word, a = "", b, c] = line.split(" ");
    if (word === "at" && /^\d{1,15}$/.test(a)) at = Number(a);
    else if (word === "tick") ticked.set(a, readHandles(b));
    else if (word === "sign" && b) signed.set(a, b);
    else if (word === "back") {
      const why = WHYS.find((one) => one === b);
      if (why) backs.push({ name: a, why, by: readHandles(c) });
    } else if (word === "reopened") reopened = true;
    else if (word === "closed") closed = { hash: a, at: b === "-" ? null : Number(b) };
    else if (word === "late") late.push({ hash: a, by: readHandles(b) });
    else if (word === "frozen") frozen = true;
    else if (word === "attainment") {
      attainment = { hash: a, payees: Number(b), faults: Number(c) };
    } else if (word === "exception") {
      const [head = "", title = ""] = line.split("\t");
      const label = head.split(" ").slice(3).join(" ");
      exceptions.push({ number: Number(a), approver: b === "-" ? null : (b ?? null), label, title });
    }
  }
  return { at, ticked, signed, backs, reopened, closed, late, frozen, exceptions, attainment };
}
