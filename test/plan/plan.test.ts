import { describe, expect, it } from "vitest";
import { isStatus, readStatus } from "../../src/engine/status.ts";
import { inline, marker, safe, title, trusted } from "../../src/engine/text/safe.ts";
import type { Change, IssueRef } from "../../src/model.ts";
import { explain } from "../../src/plan/explain.ts";
import { plan } from "../../src/plan/plan.ts";
import type { Policy } from "../../src/policies/policy.ts";
import { comment, config, facts, issue, NOW, occasion } from "./facts.ts";

const rule = (name: string, propose: Policy["propose"], more: Partial<Policy> = {}): Policy => ({
  name,
  summary: "A rule of this test.",
  enabled: () => true,
  propose,
  explain: () => [],
  ...more,
});
const on = (number: number, project: IssueRef["project"] = "requests"): IssueRef => ({ project, number });
const told = (changes: readonly Change[]) => changes.map(({ kind, issue: number }) => `${kind} ${number}`);
const section = (key: string, text = key) => ({ key, body: inline(text) });
const status = (...sections: readonly string[]): string => [marker("status"), ...sections].join("\n");

describe("the order of a plan", () => {
  const many = rule("many", (_look, draft) => {
    draft.change({ kind: "add-label", project: "requests", issue: 2, label: "a", reason: "r" });
    draft.change({ kind: "add-label", project: "requests", issue: 1, label: "b", reason: "r" });
    draft.change({
      kind: "create-issue",
      project: "requests",
      issue: null,
      key: "k",
      title: title("T"),
      labels: [],
      assignees: [],
      body: trusted("B"),
      reason: "r",
    });
    draft.change({ kind: "remove-label", project: "requests", issue: 2, label: "c", reason: "r" });
    draft.say(on(2), section("x"), "said");
    draft.say(on(1), { ...section("y"), after: true }, "said afterwards");
  });
  const planned = plan([many], facts({ requests: { issues: [issue(1), issue(2)] } }), occasion());

  it("is: what is created, then issue by issue its comment and its changes, and last what is said of them", () => {
    expect(told(planned.plan.changes)).toEqual([
      "create-issue null",
      "comment 2",
      "add-label 2",
      "remove-label 2",
      "add-label 1",
      "comment 1",
    ]);
  });

  it("rests on the versions of the issues in it", () => {
    expect(planned.plan.versions).toEqual({ "requests#1": "v1", "requests#2": "v2" });
    expect(planned.plan.at).toBe(NOW);
    expect(planned.needs).toEqual([]);
  });
});

describe("the status comment", () => {
  it("is one comment of all that rules say, in their order", () => {
    const rules = ["one", "two"].map((name) =>
      rule(name, (_look, draft) => draft.say(on(1), section(name), `${name} said.`)),
    );
    const { changes } = plan(rules, facts({ requests: { issues: [issue(1)] } }), occasion()).plan;
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      kind: "comment",
      key: "status",
      policy: "one",
      reason: "one said. two said.",
    });
    const { body } = changes[0] as Extract<Change, { kind: "comment" }>;
    expect(isStatus(body)).toBe(true);
    expect(readStatus(body)).toEqual([
      { policy: "one", key: "one", body: "one" },
      { policy: "two", key: "two", body: "two" },
    ]);
  });

  const standing = (...sections: readonly string[]) =>
    facts({
      requests: {
        issues: [issue(1, { commentCount: 2 })],
        comments: { 1: [comment("7", "hr", status("forged")), comment("8", "bot", status(...sections))] },
      },
    });
  const said = "<!-- daytwo:section:one:key -->\nOne.";
  const other = "<!-- daytwo:section:two:key -->\nTwo.";

  it("is left alone by whoever says the same again, in whatever words", () => {
    const same = rule("one", (_look, draft) => draft.say(on(1), section("key", "Other words"), "again"));
    expect(plan([same], standing(said, other), occasion()).plan.changes).toEqual([]);
  });

  it("is edited in place, with the sections of others as they were", () => {
    const news = rule("one", (_look, draft) => draft.say(on(1), section("news"), "news"));
    const { changes } = plan([news], standing(said, other), occasion()).plan;
    expect(changes).toMatchObject([{ kind: "edit-comment", comment: "8", issue: 1 }]);
    expect(readStatus((changes[0] as { body: string }).body)).toEqual([
      { policy: "one", key: "news", body: "news" },
      { policy: "two", key: "key", body: "Two." },
    ]);
  });

  it("loses a section that is taken back, once", () => {
    const back = rule("one", (_look, draft) => draft.say(on(1), null, "taken back"));
    const { changes } = plan([back], standing(said, other), occasion()).plan;
    expect(readStatus((changes[0] as { body: string }).body).map(({ policy }) => policy)).toEqual(["two"]);
    expect(plan([back], standing(other), occasion()).plan.changes).toEqual([]);
  });

  it("of somebody else is not daytwo's, one of a trusted account is", () => {
    const news = rule("one", (_look, draft) => draft.say(on(1), section("key"), "news"));
    const by = (author: string) =>
      facts({
        requests: {
          issues: [issue(1, { commentCount: 1 })],
          comments: { 1: [comment("7", author, status(said))] },
        },
      });
    expect(told(plan([news], by("mallory"), occasion()).plan.changes)).toEqual(["comment 1"]);
    expect(plan([news], by("Old-Bot"), occasion()).plan.changes).toEqual([]);
  });

  it("keeps any key, and a key that somebody broke harms nobody", () => {
    for (const key of ["a b", "fault:Start date=11/12/2026;x", "-->", "%E0%A4%A", "ключ", "a--b"]) {
      const news = rule("one", (look, draft) => {
        if (look.said("one", on(1)) !== key) draft.say(on(1), section(key), "news");
      });
      const first = plan([news], facts({ requests: { issues: [issue(1)] } }), occasion()).plan.changes;
      const body = (first[0] as { body: string }).body;
      const again = facts({
        requests: { issues: [issue(1, { commentCount: 1 })], comments: { 1: [comment("8", "bot", body)] } },
      });
      expect(plan([news], again, occasion()).plan.changes, key).toEqual([]);
    }
    const broken = standing("<!-- daytwo:section:one:%E0%A4%A -->\nx");
    const asks = rule("one", (look, draft) => draft.problem("requests", 1, String(look.said("one", on(1)))));
    expect(plan([asks], broken, occasion()).plan.problems).toMatchObject([{ message: "%E0%A4%A" }]);
  });
});

describe("what rules see", () => {
  it("a later one sees an earlier one's changes as made, and as daytwo's deeds", () => {
    const first = rule("first", (_look, draft) => {
      draft.change({ kind: "add-label", project: "requests", issue: 1, label: "New", reason: "r" });
      draft.change({ kind: "remove-label", project: "requests", issue: 1, label: "OLD", reason: "r" });
      draft.change({ kind: "assign", project: "requests", issue: 1, assignee: "sam", reason: "r" });
    });
    const seen: unknown[] = [];
    const second = rule("second", (look) => {
      const one = look.issue(on(1));
      seen.push(one?.labels, one?.assignees, one && look.has("requests", one, "nEW"), look.settled(on(1)));
    });
    const given = facts({ requests: { issues: [issue(1, { labels: ["old"] })], settled: { 1: "v1 0" } } });
    plan([first, second], given, occasion());
    expect(seen).toEqual([["New"], ["sam"], true, false]);
    const alone: unknown[] = [];
    plan([rule("alone", (look) => void alone.push(look.settled(on(1))))], given, occasion());
    expect(alone).toEqual([true]);
  });

  it("only the subject where there is one", () => {
    const numbers: number[] = [];
    const all = rule("all", (look) => {
      for (const one of look.subjects("requests")) numbers.push(one.number);
      for (const one of look.subjects("onboarding")) numbers.push(-one.number);
    });
    const given = facts({ requests: { issues: [issue(1), issue(2)] }, onboarding: { issues: [issue(3)] } });
    plan([all], given, occasion({ subject: on(2) }));
    expect(numbers).toEqual([2]);
  });

  it("what has not been read is asked for, once, and answers undefined", () => {
    const answers: unknown[] = [];
    const asks = rule("asks", (look) => {
      for (const ref of [on(1), on(1)]) {
        answers.push(look.comments(ref), look.history(ref), look.edits(ref), look.said("asks", ref));
      }
      answers.push(look.issue(on(9)), look.member("onboarding", "HR"), look.opened("k"));
    });
    const given = facts({ requests: { issues: [issue(1, { commentCount: 1 })], listed: false } });
    const { needs } = plan([asks], given, occasion());
    expect(answers.every((answer) => answer === undefined)).toBe(true);
    expect(needs).toEqual([
      { what: "comments", project: "requests", issue: 1 },
      { what: "history", project: "requests", issue: 1 },
      { what: "edits", project: "requests", issue: 1 },
      { what: "issue", project: "requests", issue: 9 },
      { what: "member", project: "onboarding", handle: "HR" },
      { what: "list", project: "requests" },
    ]);
  });

  it("an issue without comments needs no reading of them", () => {
    const { needs } = plan(
      [rule("asks", (look) => void look.comments(on(1)))],
      facts({ requests: { issues: [issue(1)] } }),
      occasion(),
    );
    expect(needs).toEqual([]);
  });

  it("an issue that is gone has nothing to be read", () => {
    const given = facts();
    given.requests?.issues.set(9, null);
    const answers: unknown[] = [];
    const asks = rule("asks", (look) => {
      answers.push(look.issue(on(9)), look.comments(on(9)), look.history(on(9)), look.edits(on(9)));
      answers.push(look.said("asks", on(9)));
    });
    expect(plan([asks], given, occasion()).needs).toEqual([]);
    expect(answers).toEqual([null, [], [], null, null]);
  });

  it("of several requests under one key the oldest, in whatever case, by daytwo or a trusted account", () => {
    const body = (key: string) => safe`- [ ] box\n\n${marker(key)}`;
    const given = facts({
      requests: {
        issues: [
          issue(9, { author: "bot", body: body("hire:acme/people#1") }),
          issue(4, { author: "OLD-bot", body: body("hire:Acme/People#1") }),
          issue(2, { author: "mallory", body: body("hire:acme/people#1") }),
          issue(6, { author: "Bot", state: "closed", body: body("hire:acme/people#1") }),
        ],
      },
    });
    const seen: unknown[] = [];
    plan(
      [
        rule("asks", (look) => {
          seen.push(look.opened("hire:acme/people#1")?.number, look.opened("hire:acme/people#2"));
          seen.push(look.doubles("hire:ACME/people#1").map(({ number }) => number));
        }),
      ],
      given,
      occasion(),
    );
    expect(seen).toEqual([4, null, [9]]);
  });

  it("who somebody is to the team; nobody is a stranger where daytwo cannot tell itself", () => {
    const roles = (self: string) => {
      const seen: string[] = [];
      const asks = rule("asks", (look) => {
        for (const who of ["BOT", "old-bot", "Amber", "mallory", null]) seen.push(look.role("requests", who));
      });
      plan([asks], facts({ requests: { self } }), occasion());
      return seen;
    };
    expect(roles("bot")).toEqual(["self", "self", "team", "outsider", "unknown"]);
    expect(roles("")).toEqual(["unknown", "self", "team", "unknown", "unknown"]);
  });

  it("are woken at the earliest time that any of them asked for", () => {
    const wakes = [5, 3, 4].map((at) => rule(`at ${at}`, (_look, draft) => draft.wake(on(1), at)));
    const planned = plan(wakes, facts({ requests: { issues: [issue(1)] } }), occasion());
    expect([...planned.wakes]).toEqual([["requests#1", 3]]);
  });

  it("a policy that is switched off is neither asked nor heard", () => {
    const off = rule("off", (_look, draft) => draft.problem("requests", 1, "no"), { enabled: () => false });
    expect(plan([off], facts(), occasion()).plan.problems).toEqual([]);
    expect(explain([off], facts(), occasion(), on(1)).explanations).toEqual([]);
    expect(config.onboarding).not.toBe(false);
  });
});

describe("explain", () => {
  it("is what every rule says for itself, in their order, and what they need for it", () => {
    const rules = ["one", "two"].map((name) =>
      rule(name, () => undefined, {
        explain: (look, ref) => {
          if (name === "two") look.history(ref);
          return [{ rule: name, text: `${name} on ${look.issue(ref)?.title}` }];
        },
      }),
    );
    const { explanations, needs } = explain(
      rules,
      facts({ requests: { issues: [issue(1)] } }),
      occasion(),
      on(1),
    );
    expect(explanations).toEqual([
      { rule: "one", text: "one on Issue 1" },
      { rule: "two", text: "two on Issue 1" },
    ]);
    expect(needs).toEqual([{ what: "history", project: "requests", issue: 1 }]);
  });
});
