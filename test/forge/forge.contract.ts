import { afterEach, beforeEach, describe, expect } from "vitest";
import { boards } from "./contract/boards.ts";
import { failing } from "./contract/failing.ts";
import { reading } from "./contract/reading.ts";
import { requesting } from "./contract/requesting.ts";
import { writing } from "./contract/writing.ts";
import type { World, WorldOptions } from "./worlds.ts";

export type MakeWorld = (options?: WorldOptions) => Promise<World>;

/** What each part of the suite works with; `world()` is fresh for each test. */
export interface Stage {
  world(): World;
  /** A further one, with other options; closed with the test. */
  make(options: WorldOptions): Promise<World>;
}

/**
 * What every forge adapter keeps, whichever forge it speaks to: the page of `src/forge/forge.ts`, case by case.
 * Run with a forge in memory and, over the sandbox's HTTP, with the adapters to GitHub and GitLab:
 *
 *     forgeContract("GitHub", (options) => sandboxWorld("github", createGitHubForge, options));
 */
export function forgeContract(name: string, makeWorld: MakeWorld, { http = true } = {}): void {
  describe(`${name} keeps the forge contract`, () => {
    let worlds: World[] = [];
    const make = async (options: WorldOptions = {}) => {
      const made = await makeWorld(options);
      worlds.push(made);
      return made;
    };
    beforeEach(async () => {
      await make();
    });
    afterEach(async () => {
      const opened = worlds;
      worlds = [];
      await Promise.all(opened.map((each) => each.close()));
      for (const { sandbox } of opened) {
        expect(sandbox?.violations.filter((each) => !each.includes("refused write")) ?? []).toEqual([]);
        expect(sandbox?.faults.pending ?? 0, "faults that never struck").toBe(0);
      }
    });
    const stage: Stage = {
      make,
      world() {
        const [first] = worlds;
        if (!first) throw new Error("No world: call this within a test");
        return first;
      },
    };
    reading(stage);
    writing(stage);
    boards(stage);
    failing(stage);
    if (http) requesting(stage);
  });
}
