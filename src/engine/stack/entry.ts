/** One entry of a tech stack file, read into a system: what was understood, what was not, and the entry itself. */

import { HANDLE } from "../config/fields.ts";
import type { System } from "../config/files.ts";
import { isBlank, type Route, readRoute } from "./route.ts";

/** Something of an entry that daytwo could not read; the entry's own text is kept in the system's `source`. */
export interface Gap {
  readonly field: string;
  readonly found: string;
  readonly why: string;
}

export interface Imported {
  readonly title: string;
  /** Proposed id: letters, digits and hyphens. */
  readonly id: string;
  readonly system: Omit<System, "id">;
  readonly provisioner: Route;
  readonly deprovisioner: Route;
  /** What was read, by field of the system. */
  readonly understood: readonly string[];
  readonly gaps: readonly Gap[];
}

type Fields = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string =>
  value === null || value === undefined || typeof value === "object" ? "" : String(value).trim();

/** The base name of a system's file: `Salesforce Inbox` is `salesforce-inbox`. */
export function idOf(title: string): string {
  const plain = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[’']/g, "")
    .replace(/\+/g, " plus ")
    .replace(/&/g, " and ")
    .toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "system";
}

/**
 * A tier, however it is written: `Tier 1 Business`, `Tier 2 / Support`, `T3`, `1`, `non-critical`.
 * @returns null where nothing says; `undefined` where something says what is not understood
 */
export function readTier(value: unknown): number | null | undefined {
  const text = textOf(value);
  if (isBlank(text)) return null;
  const digit = /\b(?:tier|t|level|priority|p)?[\s:_#-]*([1-4])\b/i.exec(text);
  const others = new Set(text.match(/\b(?:tier|t)?[\s:_#-]*[1-9]\b/gi)?.map((one) => one.replace(/\D/g, "")));
  if (digit && others.size <= 1) return Number(digit[1]);
  if (others.size > 1) return undefined;
  const roman = /\b(?:tier|level)\s+(iv|i{1,3})\b/i.exec(text)?.[1]?.toLowerCase();
  if (roman) return { i: 1, ii: 2, iii: 3, iv: 4 }[roman];
  if (/\bnon[- ]?critical\b|\bnot critical\b|\blow\b/i.test(text)) return 3;
  if (/\b(?:mission|business)?[- ]?critical\b/i.test(text)) return 1;
  return undefined;
}

/** Whether SOX applies; `undefined` where the scope is not understood. */
function readSox(value: unknown): boolean | undefined {
  const text = textOf(value);
  if (isBlank(text) || /^(?:none|false|no|out of scope|not applicable)$/i.test(text)) {
    return /^tb[da]$/i.test(text) ? undefined : false;
  }
  if (/\bsox\b/i.test(text))
    return !/\b(?:not|no|non|out of)[- ](?:in )?(?:scope (?:of|for) )?sox\b/i.test(text);
  if (/\b(?:soc ?[123]|gdpr|pci(?:[- ]dss)?|hipaa|iso(?: ?27001)?|fedramp)\b/i.test(text)) return false;
  return undefined;
}

const URL = /https?:\/\/[^\s<>"')\]]+/;

/** The first web address of a link or a text; a path within some site is none. */
function readDocs(
  site: string | null,
  ...values: readonly unknown[]
): { url: string | null; relative: string | null } {
  for (const value of values) {
    const url = URL.exec(textOf(value))?.[0]?.replace(/[.,;]+$/, "");
    if (url) return { url, relative: null };
  }
  const relative = values.map((value) => /\]\((\/[^)\s]*)\)|^(\/\S+)$/.exec(textOf(value))).find(Boolean);
  const path = relative?.[1] ?? relative?.[2] ?? null;
  return path !== null && site !== null
    ? { url: site.replace(/\/+$/, "") + path, relative: null }
    : { url: null, relative: path };
}

const valid = (handle: string): boolean => HANDLE.test(handle) && handle.length <= 255;

/** The file's `provisioning`, where handles alone do not say it all. */
function routeOf({ via, groups, labels, contacts, channels, rest }: Route): System["provisioning"] {
  const plain = via === null || (via === "people" && contacts.length + channels.length === 0);
  if (plain && groups.length + labels.length + rest.length === 0) return undefined;
  const names = labels.filter((label) => !label.includes(","));
  return {
    via: via ?? "people",
    groups: [...groups],
    labels: names,
    contacts: [...contacts],
    channels: [...channels],
    notes: [...rest],
  };
}

const WHO: readonly [keyof Route & ("handles" | "groups" | "labels" | "contacts" | "channels"), string][] = [
  ["handles", "@"],
  ["groups", "group @"],
  ["labels", "label "],
  ["contacts", ""],
  ["channels", ""],
];

/** A route in a few words: `@amber, label IT::to do`. */
export function routeText(route: Route): string {
  const names = WHO.flatMap(([key, before]) => route[key].map((name) => `${before}${name}`));
  const via =
    route.via === "people" || route.via === "label" || route.via === "group" ? [] : [route.via ?? ""];
  return [...via, ...names].filter((part) => part !== "").join(", ");
}

/**
 * Reads one entry, as it was parsed.
 * @param source the entry's own lines, kept word for word
 * @param site root of the site that paths like `/handbook/…` belong to; null where that is not known
 */
export function readEntry(entry: Fields, source: string, site: string | null = null): Imported {
  const title = textOf(entry.title ?? entry.name).replace(/\s+/g, " ");
  const gaps: Gap[] = [];
  const understood: string[] = [];
  const read = (field: string, text: string) => void (text !== "" && understood.push(`${field}: ${text}`));
  const gap = (field: string, found: string, why: string) => void gaps.push({ field, found, why });

  if (title === "") gap("title", title, "no name, so it is called Untitled");
  const route = (field: string): Route => {
    const text = textOf(entry[field]);
    const found = readRoute(text);
    read(field, routeText(found));
    if (isBlank(text)) gap(field, text, "nobody is named");
    else if (found.via === null) gap(field, text, "it names nobody and nothing that daytwo knows");
    else for (const rest of found.rest) gap(field, rest, "kept as a note");
    return found;
  };
  const provisioner = route("provisioner");
  const deprovisioner = route("deprovisioner");

  const tier = readTier(entry.critical_systems_tier);
  if (tier) read("tier", String(tier));
  else {
    const found = textOf(entry.critical_systems_tier);
    gap("critical_systems_tier", found, "no tier from 1 to 4, so it counts as tier 2");
  }
  const sox = readSox(entry.compliance_scope);
  if (sox === undefined)
    gap("compliance_scope", textOf(entry.compliance_scope), "whether SOX applies is not said");
  else if (sox) read("sox", "true");

  const { url, relative } = readDocs(site, entry.handbook_link, entry.external_link);
  if (url) read("docs", url);
  else gap("handbook_link", relative ?? "", relative ? "a path within a site, not a web address" : "no link");

  const owners = readRoute(textOf(entry.business_owner));
  const owner = owners.handles.find(valid);
  if (owner) read("owner", `@${owner}`);
  const named = textOf(entry.business_owner);
  if (!isBlank(named) && (owners.handles.length !== 1 || owners.contacts.length > 0 || !owner)) {
    gap("business_owner", named, owner ? "one owner is kept" : "no handle");
  }

  const [giving, revoking] = [routeOf(provisioner), routeOf(deprovisioner)];
  return {
    title,
    id: idOf(title),
    provisioner,
    deprovisioner,
    understood,
    gaps,
    system: {
      name: title === "" ? "Untitled" : title,
      provisioners: provisioner.handles.filter(valid),
      deprovisioners: deprovisioner.handles.filter(valid),
      ...(giving ? { provisioning: giving } : {}),
      ...(revoking ? { deprovisioning: revoking } : {}),
      ...(owner ? { owner } : {}),
      tier: tier ?? 2,
      sox: sox ?? false,
      invite: "none",
      roles: { by_role: {} },
      tasks: [],
      revoke: [],
      ...(url ? { docs: url } : {}),
      depends_on: [],
      source,
    },
  };
}
