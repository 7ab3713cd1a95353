/** A daytwo that dies at a write, to see that the next one finishes what it began. */
import type { Forge, Writer } from "../src/forge/forge.ts";
import { reconcile } from "../src/run/reconcile.ts";
import type { Team } from "../src/run/team.ts";
import type { Story } from "./story.ts";

class Death extends Error {}

/** It dies at its `left`-th write, just before it or just after; nothing is written from then on. */
export interface Life {
  left: number;
  after: boolean;
  written: number;
}

export const deathless = (): Life => ({ left: Number.POSITIVE_INFINITY, after: false, written: 0 });

/** Every moment at which somebody who makes so many writes may die. */
export const deaths = (written: number): { n: number; after: boolean; when: string }[] =>
  Array.from({ length: written }, (_, i) => i + 1).flatMap((n) => [
    { n, after: false, when: "before" },
    { n, after: true, when: "after" },
  ]);

/** One scheduled pass, which may not come to its end. */
export const tickThatDies =
  (life: Life) =>
  async (story: Story): Promise<void> => {
    try {
      const trigger = { kind: "tick", catchUp: false } as const;
      await reconcile(dying(story.team(), life), { trigger, now: story.now, subject: null });
    } catch (error) {
      if (!(error instanceof Death)) throw error;
    }
  };

function dying(team: Team, life: Life): Team {
  const mortal = (forge: Forge | null): Forge | null => {
    if (!forge) return null;
    const writer = new Proxy(forge.writer, {
      get(target, name) {
        const write = target[name as keyof Writer] as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          if (life.left <= 0) throw new Death();
          life.left -= 1;
          if (life.left === 0 && !life.after) throw new Death();
          const made = await write.apply(target, args);
          life.written += 1;
          if (life.left === 0) throw new Death();
          return made;
        };
      },
    });
    return { ...forge, writer };
  };
  return {
    ...team,
    forges: { requests: mortal(team.forges.requests), onboarding: mortal(team.forges.onboarding) },
  };
}
