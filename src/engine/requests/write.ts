/**
 * What daytwo writes into a filed request: who is on copy, and for each system its invite list, its steps and one
 * box for each person. Rendering the same request again gives the same text, with the boxes as people left them.
 */
import type { Config, System } from "../config/schema.ts";
import { inOrder, inviteList, roleIn, steps } from "../entitlement.ts";
import { driMentions } from "../hire-request.ts";
import { issueLink, type Linked } from "../links.ts";
import { boxes, subject } from "../text/markdown.ts";
import { partOf } from "../text/part.ts";
import { findMarkers, join, link, marker, type SafeText, safe } from "../text/safe.ts";
import { type GrantBox, grantText, groupHeading, whoText } from "./grants.ts";
import type { Person } from "./read.ts";

/** Names one person's access to one system. */
export const grantKey = (system: string, email: string): string => `${system}:${email.toLowerCase()}`;

/** The part of a request that one issue holds. */
export interface Share {
  readonly people: readonly Person[];
  /** The request that asks for it already, by `grantKey`: a link instead of a box. */
  readonly elsewhere: ReadonlyMap<string, Linked>;
  /** Boxes as people left them, by `grantKey`. */
  readonly before: ReadonlyMap<string, GrantBox>;
  /** Given, and then taken out of the request: they stay until whoever takes the access away unticks them. */
  readonly kept: readonly GrantBox[];
  /** How it hangs together with the other issues of its request; null where there are none. */
  readonly about: SafeText | null;
}

export interface Rendered {
  readonly text: SafeText;
  /** How many boxes are in it. */
  readonly boxes: number;
}

/** @param project full name of the requests project, for links to other requests */
export function renderShare(config: Config, project: string, share: Share): Rendered {
  const groups = groupsOf(config, project, share);
  const cc = driMentions(config);
  const text = join(
    [
      cc.length > 0 && safe`CC ${join(cc, " ")}`,
      share.about,
      ...groups.map((group) => renderGroup(config, group)),
    ],
    "\n\n",
  );
  const count = groups.reduce((sum, { given, kept }) => sum + given.length + kept.length, 0);
  return { text, boxes: count };
}

interface Group {
  readonly system: System;
  readonly given: readonly {
    readonly person: Person;
    readonly text: SafeText;
    readonly before: GrantBox | null;
  }[];
  /** The lines of those who are asked for in another request. */
  readonly elsewhere: readonly SafeText[];
  readonly kept: readonly GrantBox[];
}

function groupsOf(config: Config, project: string, { people, elsewhere, before, kept }: Share): Group[] {
  const who = new Map(people.map((person) => [person, whoText(person)]));

  // In the order of the configuration, so that the order of rows decides nothing.
  const named = new Set([...people.flatMap(({ systems }) => systems), ...kept.map(({ system }) => system)]);
  const ids = [...config.systems.keys()].filter((id) => named.has(id));
  return inOrder(config, ids).map((system) => {
    const asking = people.filter(({ systems }) => systems.includes(system.id));
    const key = ({ email }: Person) => grantKey(system.id, email);
    return {
      system,
      given: asking
        .filter((person) => !elsewhere.has(key(person)))
        .map((person) => {
          const was = before.get(key(person)) ?? null;
          // Where no rule gives the role, whoever gave the access writes it behind the ticked box.
          const role = roleIn(system, person.role) ?? (was?.box.ticked ? was.role : null);
          return { person, text: grantText(who.get(person) as SafeText, role), before: was };
        }),
      elsewhere: asking.flatMap((person) => {
        const other = elsewhere.get(key(person));
        return other ? [pointer(project, system, person, other)] : [];
      }),
      kept: kept.filter((one) => one.system === system.id),
    };
  });
}

function renderGroup(config: Config, { system, given, elsewhere, kept }: Group): SafeText {
  const invite = inviteList(
    system,
    given.map(({ person }) => person.email),
  );
  const blocks = [
    groupHeading(config, system),
    invite && safe`Invite list: ${invite}`,
    given.length > 0 && renderSteps(system),
    given.length > 0 && safe`Done for:`,
    given.length > 0 &&
      join(
        given.map(({ text, before }) => boxLine(text, before)),
        "\n",
      ),
    elsewhere.length > 0 && safe`Asked for already:`,
    elsewhere.length > 0 && join(elsewhere, "\n"),
    kept.length > 0 && safe`No longer asked for. Untick what was taken away again:`,
    kept.length > 0 &&
      join(
        kept.map((one) => boxLine(grantText(whoText(one), one.role), one)),
        "\n",
      ),
  ];
  return join(blocks, "\n\n");
}

function renderSteps({ tasks, docs }: System): SafeText | null {
  const how = docs === undefined ? null : link(safe`How it is done`, docs);
  if (tasks.length === 0) return how;
  const list = join(
    steps(tasks).map((task) => safe`- ${task}`),
    "\n",
  );
  return safe`${how ?? safe`Steps`}:\n\n${list}`;
}

/** A box as it was left: ticked, struck out, marked as not applicable. */
function boxLine(text: SafeText, before: GrantBox | null): SafeText {
  if (!before) return safe`- [ ] ${text}`;
  const { box } = before;
  const written = box.notApplicable && /\(n\/a\)$/i.test(box.text);
  const mark = box.ticked ? safe`x` : box.notApplicable && !written ? safe`~` : safe` `;
  return safe`- [${mark}] ${box.struck ? safe`~~${text}~~` : text}${written ? safe` (n/a)` : safe``}`;
}

const ASKED = "asked:";

/** The line of somebody who is asked for elsewhere already. */
export function pointer(project: string, { id }: System, person: Person, other: Linked): SafeText {
  const key = marker(`${ASKED}${other.number}:${grantKey(id, person.email)}`);
  return safe`- ${whoText(person)}: ${issueLink(project, other)} ${key}`;
}

/** The requests that a body points to, by `grantKey`. */
export function readPointers(body: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const key of findMarkers(partOf(body)?.text ?? "")) {
    const [, number, grant] = /^asked:([1-9]\d{0,14}):(.+)$/s.exec(key) ?? [];
    if (number !== undefined && grant !== undefined) found.set(grant, Number(number));
  }
  return found;
}

/** A text as it reads with no box touched: two of them say the same where only people's ticks differ. */
export function untouched(text: string): string {
  const source = text.replace(/\r\n?/g, "\n").trim();
  let plain = "";
  let from = 0;
  for (const box of boxes(source)) {
    const end = source.indexOf("\n", box.offset);
    plain += `${source.slice(from, box.offset)} ] ${subject(box)}`;
    from = end < 0 ? source.length : end;
  }
  return plain + source.slice(from);
}
