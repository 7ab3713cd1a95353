/** Labels that the forge would not take, or that stand for two things. */

import { STATES } from "../lifecycle/states.ts";
import { type Fault, show } from "./fault.ts";
import { GITHUB_LABEL_DESCRIPTION_LIMIT, GITHUB_LABEL_LIMIT } from "./fields.ts";
import { entries, get, items, type Located, text, wrong } from "./located.ts";
import { CANCELLED, type ConfigFile } from "./schema.ts";

interface Label {
  readonly name: string;
  /** What it stands for, for messages. */
  readonly is: string;
  /** Where the file names it; null for a default. */
  readonly at: Located | null;
}

/** @param defaults a configuration of defaults alone, for labels the file does not name */
export function checkLabels(root: Located, defaults: ConfigFile): Fault[] {
  const github = text(get(root, "projects", "requests", "forge")) !== "gitlab";
  const requests = requestLabels(root, defaults);
  const onboarding = onboardingLabels(root, defaults);
  const together = sameProject(root) ? [[...requests, ...onboarding]] : [requests, onboarding];
  const fold = (name: string) => (github ? name.toLowerCase() : name);
  return [
    ...(github ? [...requests, ...onboarding].flatMap(overLimit) : []),
    ...(github ? descriptions(root) : []),
    ...together.flatMap((labels) => collisions(labels, fold)),
    ...aliases(root, requests, fold),
    ...formerNames(root, requests, fold),
  ];
}

function requestLabels(root: Located, defaults: ConfigFile): Label[] {
  const lifecycle = get(root, "lifecycle");
  const label = (at: Located | undefined, otherwise: string, is: string): Label => ({
    name: text(at) ?? otherwise,
    is,
    at: at ?? null,
  });
  const { approval } = defaults.requests;
  const reasons = get(lifecycle, "hold_reasons");
  const given = reasons === undefined ? Object.entries(defaults.lifecycle.hold_reasons) : [];
  if (get(reasons, "cancelled") === undefined) given.push(["cancelled", CANCELLED]);
  return [
    ...STATES.map((state) =>
      label(
        get(lifecycle, "states", state, "label"),
        defaults.lifecycle.states[state].label,
        `the state ${state}`,
      ),
    ),
    ...given.map(([id, reason]) => label(undefined, reason.label, `the hold reason ${id}`)),
    ...entries(reasons).flatMap(([id, reason]) => {
      const at = get(reason, "label");
      return text(at) === undefined ? [] : [label(at, "", `the hold reason ${id}`)];
    }),
    label(get(root, "requests", "label"), defaults.requests.label, "an access request"),
    label(get(root, "requests", "approval", "label"), approval.label, "an approved request"),
    label(
      get(root, "requests", "approval", "waiting"),
      approval.waiting,
      "a request that waits for approval",
    ),
    ...items(get(root, "close", "exceptions")).flatMap((at) => {
      const name = text(at);
      return name === undefined ? [] : [label(at, name, "an exception of the close")];
    }),
  ];
}

function onboardingLabels(root: Located, defaults: ConfigFile): Label[] {
  const at = get(root, "onboarding");
  if (at?.value === false || defaults.onboarding === false) return [];
  const one = (key: "label" | "cancelled", otherwise: string, is: string): Label => ({
    name: text(get(at, key)) ?? otherwise,
    is,
    at: get(at, key) ?? null,
  });
  return [
    one("label", defaults.onboarding.label, "a hire"),
    one("cancelled", defaults.onboarding.cancelled, "a cancelled hire"),
  ];
}

function sameProject(root: Located): boolean {
  const name = (role: string) =>
    text(get(root, "projects", role, "repo")) ?? text(get(root, "projects", role, "project"));
  const requests = name("requests");
  return requests !== undefined && requests.toLowerCase() === name("onboarding")?.toLowerCase();
}

function overLimit({ at, name }: Label): Fault[] {
  const length = [...name].length;
  if (at === null || length <= GITHUB_LABEL_LIMIT) return [];
  const expected = `at most ${GITHUB_LABEL_LIMIT} characters: GitHub takes no more in a label`;
  return [wrong(at, expected, null, `${show(name)}, ${length} characters`)];
}

function descriptions(root: Located): Fault[] {
  const lifecycle = get(root, "lifecycle");
  const labels = [...entries(get(lifecycle, "states")), ...entries(get(lifecycle, "hold_reasons"))];
  return labels.flatMap(([, label]) => {
    const at = get(label, "description");
    const length = [...(text(at) ?? "")].length;
    if (at === undefined || length <= GITHUB_LABEL_DESCRIPTION_LIMIT) return [];
    const expected = `at most ${GITHUB_LABEL_DESCRIPTION_LIMIT} characters: GitHub takes no more in a label's description`;
    return [wrong(at, expected, null, `${length} characters`)];
  });
}

function collisions(labels: readonly Label[], fold: (name: string) => string): Fault[] {
  const seen = new Map<string, Label>();
  const faults: Fault[] = [];
  for (const label of labels) {
    const first = seen.get(fold(label.name));
    if (first === undefined) seen.set(fold(label.name), label);
    else {
      const [here, there] = isLater(label.at, first.at) ? [label, first] : [first, label];
      if (here.at !== null) faults.push(taken(here.at, here.name, there));
    }
  }
  return faults;
}

/** The one that the file names is the one to mend; of two, the later. */
function isLater(a: Located | null, b: Located | null): boolean {
  if (a === null || b === null) return a !== null;
  return (a.place.line - b.place.line || a.place.column - b.place.column) > 0;
}

function taken(at: Located, name: string, other: Label, place = at): Fault {
  const where = other.at === null ? "by default" : `in line ${other.at.place.line}`;
  return wrong(place, "a label of its own", null, `${show(name)}, the label of ${other.is} ${where}`);
}

function aliases(root: Located, labels: readonly Label[], fold: (name: string) => string): Fault[] {
  const seen = new Map<string, Located>();
  return entries(get(root, "lifecycle", "aliases")).flatMap(([alias, state]) => {
    const at: Located = { ...state, place: state.key ?? state.place };
    const first = seen.get(fold(alias));
    seen.set(fold(alias), first ?? state);
    if (first !== undefined && first.value !== state.value) {
      const found = `${show(alias)}, an alias of ${String(first.value)} in line ${first.place.line}`;
      return [wrong(at, "one state for each alias", null, found)];
    }
    const canonical = labels.find((label) => fold(label.name) === fold(alias));
    if (canonical === undefined || canonical.is === `the state ${String(state.value)}`) return [];
    return [taken(at, alias, canonical)];
  });
}

/** A former name that is the present name of something else would be renamed away. */
function formerNames(root: Located, labels: readonly Label[], fold: (name: string) => string): Fault[] {
  const lifecycle = get(root, "lifecycle");
  return [...entries(get(lifecycle, "states")), ...entries(get(lifecycle, "hold_reasons"))].flatMap(
    ([, label]) =>
      items(get(label, "previously")).flatMap((at) => {
        const name = text(at);
        const now = labels.find((one) => name !== undefined && fold(one.name) === fold(name));
        if (now === undefined || name === undefined || now.name === text(get(label, "label"))) return [];
        return [taken(at, name, now)];
      }),
  );
}
