/** Whatever people do in whatever order: nothing is completed that its managers have not approved as it stands. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ForgeKind } from "../../src/model.ts";
import { type Act, amber, hr, mallory, meri, Story, sam, together } from "../story.ts";
import { APPROVED, bulk, single, TWO, WAITING } from "./approval.world.ts";

/** More for a long night: `RUNS=2000 npx vitest run test/policies/approval.property.test.ts`. */
const RUNS = Number(process.env.RUNS ?? 15);

const ROLES = ["Account Executive", "Sales Manager"] as const;
const BODIES = [
  { body: single(), managers: ["meri"] },
  { body: TWO, managers: ["meri", "amber"] },
  { body: bulk([["Ada Lovelace", "meri@acme.com", "@amber"]]), managers: ["amber"] },
] as const;

/** Kinds of deeds: `says` and `labels` may approve, `off` takes an approval back, `edits` change what is asked for. */
type Kind = "says" | "labels" | "off" | "edits" | "other";
interface Deed {
  readonly kind: Kind;
  readonly by: string;
  readonly act: Act;
  readonly [fc.toStringMethod]: () => string;
}
const deed = (kind: Kind, by: string, act: Act): Deed => ({
  kind,
  by,
  act,
  [fc.toStringMethod]: () => act.text,
});

const swap = (body: string): string => {
  const [from, to] = body.includes(ROLES[0]) ? ROLES : [ROLES[1], ROLES[0]];
  return body.replace(from, to);
};
const DEEDS: readonly Deed[] = [
  ...[meri, amber, sam, hr].flatMap((one) => [
    deed("says", one.handle, one.says("/ar approve")),
    deed("labels", one.handle, one.puts(APPROVED)),
  ]),
  deed("says", "meri", meri.says("/ar approve")),
  deed("says", "amber", amber.says("/ar approve")),
  ...[meri, mallory].map((one) => deed("off", one.handle, one.takesOff(APPROVED))),
  deed("edits", "hr", hr.rewrites(swap)),
  deed("edits", "mallory", mallory.rewrites(swap)),
  deed(
    "other",
    "hr",
    hr.rewrites((body) => body.replace(/team\.|on\.$/m, "$& And so on.")),
  ),
  deed("other", "mallory", mallory.takesOff(WAITING)),
  ...[sam, amber].map((one) => deed("other", one.handle, one.takes())),
  ...[sam, mallory, hr].map((one) => deed("other", one.handle, one.ticksAll())),
  deed(
    "other",
    "sam",
    sam.rewrites((body) => body.replace(/^- \[[ x]\] ([^~\n]+)$/gm, "- [ ] ~~$1~~")),
  ),
  deed("other", "amber", together(amber.takes(), amber.ticksAll())),
  ...[sam, mallory].map((one) => deed("other", one.handle, one.moves("completed"))),
  ...[sam, hr].map((one) => deed("other", one.handle, one.closes())),
  deed("other", "sam", sam.says("/ar take\n/ar complete")),
];

/** It shows as approved, or as done. */
const passes = (story: Story): boolean => {
  const { open, labels } = story.see();
  return !open || labels.includes("SalesOpsAR::Completed") || labels.includes(APPROVED);
};
/** Where somebody undoes what daytwo does time and again, it leaves things as they are and says so. */
const stopped = (story: Story): boolean => story.see().status?.includes("daytwo stops here") ?? false;
const material = (story: Story): string => ROLES.map((role) => story.see().body.split(role).length).join();

/** What people did that matters, told without daytwo. */
class Witness {
  readonly #approvals: { by: string; material: string }[] = [];

  before(story: Story, { kind, by }: Deed): void {
    const bears = story.see().labels.includes(APPROVED);
    if (kind === "says" || (kind === "labels" && !bears)) {
      this.#approvals.push({ by, material: material(story) });
    }
  }

  /** Every manager has once said yes to what it says now. */
  approved(story: Story, managers: readonly string[]): boolean {
    const now = material(story);
    return managers.every((one) => this.#approvals.some((each) => each.by === one && each.material === now));
  }
}

const WORLDS: readonly { kind: ForgeKind; by: "webhooks" | "ticks" }[] = (
  ["github", "gitlab"] as const
).flatMap((kind) => (["webhooks", "ticks"] as const).map((by) => ({ kind, by })));

describe.each(WORLDS)("on $kind, by $by", ({ kind, by }) => {
  test("what shows as approved, as Completed or stays closed was approved as it stands, and it comes to rest", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...BODIES),
        fc.array(fc.tuple(fc.constantFrom(...DEEDS), fc.boolean()), { maxLength: 12 }),
        async ({ body, managers }, lived) => {
          const story = await Story.begin({ kind, via: "memory" });
          const witness = new Witness();
          const look = async () => {
            story.now += 10_000;
            await (by === "webhooks" ? story.handle() : story.tick());
            const text = lived.map(([{ act }, looks]) => `${act.text}${looks ? "; a look" : ""}`).join("; ");
            if (passes(story) && !stopped(story)) expect(witness.approved(story, managers), text).toBe(true);
          };
          story.open("hr", { body });
          await look();
          for (const [one, looks] of lived) {
            witness.before(story, one);
            story.does(one.act);
            // GitLab keeps no edits: what was said between two of them only a look can tell.
            if (looks || by === "webhooks" || (kind === "gitlab" && one.kind !== "other")) await look();
          }
          await look();
          story.now += 60_000;
          const { changes } = await story.tick();
          expect(changes.map(({ reason }) => reason)).toEqual([]);
          await story.end();
        },
      ),
      { numRuns: RUNS },
    ));
});
