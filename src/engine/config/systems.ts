/** Reads systems and baselines, and checks what they say of each other. */
import { nearest } from "../text/nearest.ts";
import { ambiguous } from "./baseline.ts";
import { type Fault, fault, type Place } from "./fault.ts";
import { type Baseline, baselineFile, type System, systemFile } from "./files.ts";
import { entries, get, items, type Located, parseYaml, text, wrong } from "./located.ts";
import { type Beside, baseName } from "./source.ts";
import { validate } from "./validate.ts";

export interface Systems {
  readonly systems: ReadonlyMap<string, System>;
  /** Every id that has a file, a faulty one included. */
  readonly ids: ReadonlySet<string>;
  readonly faults: readonly Fault[];
}

export function readSystems(files: Beside, pattern: string): Systems {
  const systems = new Map<string, System>();
  const roots = new Map<string, Located | null>();
  const faults: Fault[] = [];
  for (const path of files.glob(pattern)) {
    const id = baseName(path);
    const start: Place = { file: path, line: 1, column: 1 };
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(id)) {
      const expected = "letters, digits, - and _: the name of the file is the id of the system";
      faults.push(fault(start, "", { found: `the file name ${id}`, expected }));
      continue;
    }
    if (roots.has(id)) {
      faults.push(
        fault(start, "", { found: `a second file for the system ${id}`, expected: "one file a system" }),
      );
      continue;
    }
    const { root, faults: syntax } = parseYaml(path, files.read(path)?.text ?? "");
    faults.push(...syntax);
    roots.set(id, root);
    if (root === null) continue;
    const checked = validate(systemFile, root);
    if (checked.faults) faults.push(...checked.faults);
    else systems.set(id, { ...checked.value, id });
  }
  const ids = new Set(roots.keys());
  faults.push(...dependencies(roots, ids));
  return { systems, ids, faults };
}

/** Unknown ids and circles in `depends_on`; each circle once, where it closes. */
function dependencies(roots: ReadonlyMap<string, Located | null>, ids: ReadonlySet<string>): Fault[] {
  const faults: Fault[] = [];
  const needs = (id: string) => items(get(roots.get(id) ?? undefined, "depends_on"));
  const done = new Set<string>();
  const visit = (id: string, above: readonly string[]): void => {
    if (done.has(id)) return;
    for (const need of needs(id)) {
      const other = text(need);
      if (other === undefined) continue;
      const path = [...above, id];
      if (!ids.has(other)) faults.push(unknownSystem(need, other, ids));
      else if (path.includes(other)) {
        const circle = [...path.slice(path.indexOf(other)), other].join(" → ");
        faults.push(
          wrong(need, "systems that do not depend on each other in a circle", null, `the circle ${circle}`),
        );
      } else visit(other, path);
    }
    done.add(id);
  };
  for (const id of roots.keys()) visit(id, []);
  return faults;
}

export function unknownSystem(at: Located, id: string, ids: ReadonlySet<string>, place = at.place): Fault {
  const expected = ids.size === 0 ? "a system; no system file was found" : `a system: ${some([...ids])}`;
  const found = `the unknown system ${JSON.stringify(id)}`;
  return fault(place, at.path, { found, expected, nearest: nearest(id, ids) });
}

/** The first names of many. */
export const some = (names: readonly string[]): string =>
  names.length > 12 ? `${names.slice(0, 12).join(", ")}, …` : names.join(", ");

interface Placed {
  readonly baseline: Baseline;
  readonly place: Place;
}

/** A file holds one baseline or a list of them. */
export function readBaselines(
  files: Beside,
  pattern: string,
  ids: ReadonlySet<string>,
): { readonly baselines: readonly Baseline[]; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const placed: Placed[] = [];
  for (const path of files.glob(pattern)) {
    const { root, faults: syntax } = parseYaml(path, files.read(path)?.text ?? "");
    faults.push(...syntax);
    if (root === null) continue;
    for (const one of Array.isArray(root.value) ? items(root) : [root]) {
      for (const [id, role] of entries(get(one, "systems"))) {
        if (!ids.has(id)) faults.push(unknownSystem(role, id, ids, role.key ?? role.place));
      }
      const checked = validate(baselineFile, one);
      if (checked.faults) faults.push(...checked.faults);
      else {
        const baseline = { ...checked.value, file: path };
        placed.push({ baseline, place: get(one, "role")?.place ?? one.place });
      }
    }
  }
  const baselines = placed.map(({ baseline }) => baseline);
  placed.forEach(({ baseline, place }, index) => {
    const rival = placed.slice(0, index).find((other) => ambiguous(other.baseline, baseline, baselines));
    if (rival === undefined) return;
    const found = `a baseline as specific as the one at ${at(rival.place)}, and both can fit the same person`;
    faults.push(
      fault(place, "role", {
        found,
        expected: "one that is more specific, or one that says what both have in common",
      }),
    );
    const back = `a baseline as specific as the one at ${at(place)}, and both can fit the same person`;
    faults.push(
      fault(rival.place, "role", {
        found: back,
        expected: "one that is more specific, or one that says what both have in common",
      }),
    );
  });
  return { baselines, faults };
}

const at = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;
