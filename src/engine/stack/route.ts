/**
 * How somebody gets into a tool, or out of it, read from what people wrote into one field of a tech stack: handles,
 * groups, labels to put on a request, names, channels, single sign-on, or a sentence. Nothing is guessed: what could be
 * two things is left over and said so.
 */
import { readable } from "../text/readable.ts";

export const VIAS = ["people", "group", "label", "sso", "self-service", "automatic", "none"] as const;
/** By whom or by what: the first that applies, in this order. */
export type Via = (typeof VIAS)[number];

export interface Route {
  /** Null where the text says nothing that is understood. */
  readonly via: Via | null;
  /** Accounts, without "@", as typed. */
  readonly handles: readonly string[];
  /** Groups to tag, without "@". */
  readonly groups: readonly string[];
  /** Labels to put on the request. */
  readonly labels: readonly string[];
  /** People and teams that are named without a handle. */
  readonly contacts: readonly string[];
  /** Chat channels, with "#". */
  readonly channels: readonly string[];
  /** What is left of the text, where that may mean something. */
  readonly rest: readonly string[];
}

const NOTHING: Route = {
  via: null,
  handles: [],
  groups: [],
  labels: [],
  contacts: [],
  channels: [],
  rest: [],
};

/** Nobody is named: an empty field is no statement that nobody gives access. */
export const isBlank = (text: string): boolean =>
  /^(?:null|tbd|tba|todo|unknown|\?+|-+|n\.?a\.?)?$/i.test(text.trim());

const QUOTES: Readonly<Record<string, string>> = {
  "\u2018": "'",
  "\u2019": "'",
  "\u201a": "'",
  "\u201b": "'",
  "\u2032": "'",
  "\u201c": '"',
  "\u201d": '"',
  "\u201e": '"',
  "\u201f": '"',
  "\u2033": '"',
  "\u00ab": '"',
  "\u00bb": '"',
};

const straight = (text: string): string =>
  text
    .normalize("NFC")
    .replace(/[\u2018-\u201f\u2032\u2033\u00ab\u00bb]/g, (quote) => QUOTES[quote] ?? quote)
    .replace(/[\u200b-\u200d\ufeff]/g, "")
    .replace(/\s+/g, " ")
    .trim();

/** Words that say where a label, a group or a person stands, and mean nothing by themselves. */
const BOILERPLATE =
  /\b(?:please|then|and|or|also|add|adding|apply|put|tag|tagging|mention|cc|ping|assign|assignee|leave|blank|to|the|a|an|in|on|with|for|of|via|by|labels?|groups?|comments?|issue|request|team|contact|owner|copy|paste|if|it|does|not|appear|dropdown|this|that|is|be|here|them|handle|(?:de)?provision(?:ed|ing)?|through|here)\b/gi;

/** The text, from which each find is cut, so that nothing is read as two things. */
class Remainder {
  #text: string;
  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  /** Cuts out every match and gives what `read` makes of it; one that reads as null stays. */
  take<T>(pattern: RegExp, read: (match: RegExpExecArray) => T | null): T[] {
    const found: T[] = [];
    this.#text = this.#text.replace(pattern, (...all) => {
      const groups = all.slice(
        0,
        all.findIndex((part) => typeof part === "number"),
      );
      const value = read(groups as unknown as RegExpExecArray);
      if (value === null) return String(all[0]);
      found.push(value);
      return " ¦ ";
    });
    return found;
  }
}

const unique = (names: readonly string[]): string[] =>
  names.filter((name, i) => names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === i);

/** An account's own name, as both forges have it; a trailing dot ends a sentence. */
const HANDLE = "[A-Za-z0-9_](?:[\\w.-]*[A-Za-z0-9_-])?";
const GROUP_PATH = new RegExp(`(?<![\\w/])@(${HANDLE}(?:/${HANDLE})+)`, "g");
const AT = new RegExp(`(?<![\\w/])@(${HANDLE})`, "g");
/** "@Petra Ljung": a name somebody put an "@" before. */
const AT_NAME =
  /(?<![\w/])@(\p{Lu}\p{Ll}+ (?!Please\b|Then\b|And\b|Add\b|For\b|The\b)\p{Lu}\p{Ll}+)(?![\w-])/gu;
const GROUP_WORDS = /(?:^|[-_.])(?:team|group|admins|owners|ops|support)$/i;

const SCOPED = "[A-Za-z0-9][\\w -]*?::[A-Za-z0-9][\\w-]*(?: [\\w-]+)*";

function labelsIn(rest: Remainder): string[] {
  const names: string[] = [];
  const keep = (name: string) => {
    const tidy = name.replace(/[\s'")\].,;]+$/, "").trim();
    if (tidy === "") return null;
    names.push(tidy);
    return tidy;
  };
  // labels "A", "B" and "C"
  rest.take(/\blabels?:?\s+((?:["'`][^"'`]+["'`](?:\s*(?:,|;|&|and)\s*)*)+)/gi, ([, list = ""]) =>
    [...list.matchAll(/["'`]([^"'`]+)["'`]/g)].map(([, name = ""]) => keep(name)),
  );
  // "A" label
  rest.take(/["'`]([^"'`]+)["'`]\s+labels?\b/gi, ([, name = ""]) => keep(name));
  // the x::y label, when what stands before the word is one name
  rest.take(
    /\b(?:add|apply|use)\s+(?:the\s+)?([\w-]+(?: [\w-]+)??::[\w-]+(?: [\w-]+)??)\s+labels?\b/gi,
    ([, name = ""]) => keep(name),
  );
  // label x::y z
  rest.take(new RegExp(`\\blabels?:?\\s+(?:called\\s+)?(${SCOPED})`, "gi"), ([, name = ""]) => keep(name));
  // label x
  rest.take(
    /\blabels?:?\s+(?:called\s+)?(?!and\b|to\b|in\b|for\b|on\b)([a-z][\w-]*[-_:][\w-]+)/gi,
    ([, name = ""]) => keep(name),
  );
  return unique(names);
}

const SSO =
  /\b(?:okta|saml|sso|single sign-?on|google (?:oauth|auth|sign-?in|workspace|sso)|oauths?|azure ad|entra(?: id)?|onelogin|jumpcloud)\b/gi;
const SELF = /\bself[- ]?(?:service|serve|sign-?up|signup|provision\w*)\b/gi;
const SELF_FIRST = /^self[- ]?serv/i;
const AUTOMATIC =
  /\b(?:automatic(?:ally)?|auto-?provision\w*|scim|(?:de)?provision\w* (?:is )?integrated with [^.;)]*|(?:de)?provision(?:ed|ing) (?:during|at|upon|with|through|via) [^.;,)¦]*|integrated with [^.;)¦]*|synced (?:with|from) [^.;)¦]*)/gi;
const NONE =
  /^(?:n\/a|none|no(?:t| direct(?:ly)?)? (?:access|applicable|provisioned)|not (?:de)?provisioned|no longer (?:used|in use)|everyone has access|public)\b|\bnot (?:directly )?(?:de)?provisioned\b/i;
const TEAM_WORDS =
  /\b(?:ops|operations|team|teams|enablement|support|infrastructure|it|finance|legal|security|helpdesk|help desk|service desk|connect|people|people ops|accounting|procurement|marketing|engineering|data)\b/i;
const PERSON =
  /^\p{Lu}[\p{L}'’-]+(?: (?:van|von|de|der|den|la|di|da|bin|al) | )(?:\p{Lu}[\p{L}'’-]+ ?){1,3}$/u;

const tidied = (piece: string): string => piece.replace(/^[\s"'`:-]+|[\s"'`:-]+$/g, "");

/** The person or, where nobody has a handle, the team that a piece of text ends in. */
function contactIn(piece: string, teams: boolean): string | null {
  const name = /^(?:.*\b(?:tag|contact|ask|assign to|ping|see)\s+)(\p{Lu}.*)$/u.exec(piece)?.[1] ?? piece;
  if (PERSON.test(name)) return name;
  return teams && name.split(" ").length <= 4 && /^\p{Lu}/u.test(name) && TEAM_WORDS.test(name) ? name : null;
}

/** Reads one field. @param written as it stands in the file */
export function readRoute(written: string): Route {
  const text = straight(readable(written) || written);
  if (isBlank(text)) return NOTHING;
  const rest = new Remainder(text);
  const links = rest.take(
    /\[[^\]]*\]\(([^)\s]+)\)|https?:\/\/[^\s)>\]]+/g,
    ([whole = "", url]) => url ?? whole,
  );
  const labels = labelsIn(rest);
  const groups = [
    ...rest.take(GROUP_PATH, ([, path = ""]) => path),
    ...rest.take(AT, ([, name = ""]) => (GROUP_WORDS.test(name) ? name : null)),
  ];
  const contacts = rest.take(AT_NAME, ([, name = ""]) => name);
  const handles = rest.take(AT, ([, name = ""]) => name);
  const channels = rest.take(/(?<![\w&/])#([a-z0-9][\w-]*)/gi, ([, name = ""]) => `#${name}`);
  // A lone word with a digit in it is an account whose "@" was forgotten; one without may be anything.
  if (/^[a-z][a-z._-]*\d[\w.-]*$/i.test(text)) {
    handles.push(text);
    rest.take(/^.*$/, () => text);
  }
  const none = NONE.test(text);
  const sso = rest.take(SSO, ([word = ""]) => word);
  const self = rest.take(SELF, ([word = ""]) => word);
  const automatic = rest.take(AUTOMATIC, ([word = ""]) => word);
  const vault = rest.take(/\b(?:through |via |in )?1password\b/gi, ([word = ""]) => word);
  // What stands in brackets says more about what stands before it: it names nobody.
  const asides = rest.take(/\(([^()]*)\)?/g, ([, aside = ""]) => aside);
  const left: string[] = [];
  const keep = (piece: string) => {
    if (/[\p{L}\p{N}]{2}/u.test(piece.replace(BOILERPLATE, ""))) left.push(piece);
  };
  for (const sentence of rest.text.split(/¦|[;,]|\.(?=\s|$)/)) {
    const pieces = sentence.split(/\s(?:and|or|&)\s/).map(tidied);
    const named = pieces.map((piece) => contactIn(piece, handles.length === 0));
    if (named.every((name) => name === null)) keep(tidied(sentence));
    else {
      named.forEach((name, i) => {
        const piece = pieces[i] as string;
        if (name !== null) contacts.push(name);
        keep(name === null ? piece : piece.slice(0, piece.length - name.length).trim());
      });
    }
  }
  for (const aside of asides) keep(tidied(aside));
  left.push(...links);
  const byRest = handles.length > 0 || labels.length > 0 || groups.length > 0;
  // Whoever is named after "self service" is there for those who get stuck.
  const unaided = self.length > 0 && SELF_FIRST.test(text);
  const via: Via | null =
    handles.length > 0 && !unaided
      ? "people"
      : labels.length > 0
        ? "label"
        : groups.length > 0
          ? "group"
          : none && contacts.length === 0
            ? "none"
            : self.length > 0
              ? "self-service"
              : automatic.length > 0
                ? "automatic"
                : sso.length > 0 || vault.length > 0
                  ? "sso"
                  : contacts.length > 0 || channels.length > 0
                    ? "people"
                    : null;
  return {
    via,
    handles: unique(handles),
    groups: unique(groups),
    labels,
    contacts: unique(contacts),
    channels: unique(channels),
    rest: none && !byRest ? [] : left,
  };
}
