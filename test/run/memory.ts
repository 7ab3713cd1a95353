import type { Memory } from "../../src/run/team.ts";

/** Remembers as the store does, and shows what. */
export function remembering(): Memory & {
  readonly settledIn: (project: string) => ReadonlyMap<number, string>;
} {
  const issues = new Map<string, { number: number; version: string; wake: number | null }>();
  const notes = new Map<string, string>();
  const of = (project: string) =>
    [...issues].flatMap(([key, one]) => (key === `${project}#${one.number}` ? [one] : []));
  return {
    settled: (project, at) =>
      new Map(
        of(project)
          .filter(({ wake }) => wake === null || wake > at)
          .map(({ number, version }) => [number, version]),
      ),
    settle: (project, settled) => {
      for (const { number, version, wake } of settled)
        issues.set(`${project}#${number}`, { number, version, wake });
    },
    recall: (name) => notes.get(name) ?? null,
    note: (name, value) => void notes.set(name, value),
    settledIn: (project) => new Map(of(project).map(({ number, version }) => [number, version])),
  };
}
