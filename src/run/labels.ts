/** Labels of a team's projects, made as the configuration has them. */
import { labelsByProject } from "../engine/config/configured-labels.ts";
import { type LabelChange, planLabels } from "../engine/labels.ts";
import { type Forge, ForgeError, type Written } from "../forge/forge.ts";
import type { Outcome, ProjectRole } from "../model.ts";
import { ROLES, type Team } from "./team.ts";

export type PlacedChange<C> = C & { readonly project: ProjectRole };
export interface PlacedProblem {
  readonly project: ProjectRole;
  readonly message: string;
}
export interface SyncPlan<C> {
  readonly changes: readonly PlacedChange<C>[];
  readonly problems: readonly PlacedProblem[];
}

export interface Synced {
  /** One to a change, in order. */
  readonly outcomes: readonly Outcome[];
  /** What ended all, where something did. */
  readonly fatal: ForgeError | null;
}

/** Reads the labels of both projects and says what is to be done. @throws ForgeError */
export async function planLabelSync(team: Team): Promise<SyncPlan<LabelChange>> {
  const wanted = labelsByProject(team.config);
  const plans = await Promise.all(
    ROLES.map(async (project) => {
      const forge = team.forges[project];
      if (!forge || wanted[project].length === 0) return { changes: [], problems: [] };
      const { changes, problems } = planLabels(wanted[project], await forge.reader.labels());
      return {
        changes: changes.map((change) => ({ ...change, project })),
        problems: problems.map((message) => ({ project, message })),
      };
    }),
  );
  return {
    changes: plans.flatMap(({ changes }) => changes),
    problems: plans.flatMap(({ problems }) => problems),
  };
}

/** Does what a plan says, in order; one that fails does not stop the others. */
export function applyLabelSync(team: Team, { changes }: SyncPlan<LabelChange>): Promise<Synced> {
  return inOrder(changes, (change) => {
    const { writer } = team.forges[change.project] as Forge;
    if (change.kind === "create-label") {
      const { label: name, color, description } = change;
      return writer.createLabel({ name, color, description });
    }
    const { kind, project, label, reason, from, ...edit } = change;
    return writer.editLabel(from, edit);
  });
}

/**
 * Makes changes one after the other. After a refused token or a forge out of reach nothing more is tried.
 * @param stops whether one that failed stops those after it, which rest on it
 */
export async function inOrder<C>(
  changes: readonly C[],
  make: (change: C) => Promise<Written>,
  stops: (change: C) => boolean = () => false,
): Promise<Synced> {
  const outcomes: Outcome[] = [];
  let fatal: ForgeError | null = null;
  let stopped = false;
  for (const change of changes) {
    if (fatal || stopped) {
      outcomes.push({ status: "skipped", issue: null, url: null, error: "not reached" });
      continue;
    }
    try {
      const { status, url } = await make(change);
      outcomes.push({ status, issue: null, url, error: null });
    } catch (error) {
      if (!(error instanceof ForgeError)) throw error;
      outcomes.push({ status: "failed", issue: null, url: null, error: error.message });
      stopped = stops(change);
      if (ENDS.includes(error.kind)) fatal = error;
    }
  }
  return { outcomes, fatal };
}

const ENDS: readonly ForgeError["kind"][] = ["unreachable", "unauthorized", "rate-limited", "unavailable"];
