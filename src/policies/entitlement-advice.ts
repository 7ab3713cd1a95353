/**
 * entitlement-advice: where a request does not say which role somebody gets in a system, it shows what people with
 * the same role and region were given. It is said once, and ticks nothing.
 */
import { type Advice, adviceOn, type Gaps, gapsIn } from "../engine/access/advice.ts";
import { readLabels } from "../engine/lifecycle/standing.ts";
import { digest } from "../engine/text/digest.ts";
import { inline, lines, type SafeText, safe } from "../engine/text/safe.ts";
import type { Issue, IssueRef } from "../model.ts";
import type { Look, Policy } from "./policy.ts";
import { isRequest } from "./request.ts";

const NAME = "entitlement-advice";
/** A request for many people may ask more than anybody reads. */
const MOST_LINES = 20;

export const entitlementAdvice: Policy = {
  name: NAME,
  summary: "Shows what people with the same role and region were given, where a request leaves a role open.",
  enabled: () => true,

  propose(look, draft) {
    for (const issue of look.subjects("requests")) {
      const ref: IssueRef = { project: "requests", number: issue.number };
      if (look.settled(ref)) continue;
      const gaps = gapsOf(look, issue);
      if (!gaps) continue;
      const key = keyOf(gaps);
      const said = look.said(NAME, ref);
      // Said once: what others are given later does not change it.
      if (said === undefined || said === key) continue;
      const ledger = look.ledger();
      if (!ledger) continue;
      const advice = adviceOn(gaps, ledger, look.config);
      if (advice.length > 0) {
        const names = [...new Set(advice.map(({ system }) => system))].join(", ");
        const reason = `The request leaves open who gets what in ${names}: others with the same role are an example.`;
        draft.say(ref, { key, body: bodyOf(advice) }, reason);
      } else if (said !== null)
        draft.say(ref, null, "The advice was on what the request no longer asks for.");
    }
  },

  explain(look, ref) {
    const issue = ref.project === "requests" ? look.issue(ref) : null;
    const gaps = issue ? gapsOf(look, issue) : null;
    const ledger = gaps ? look.ledger() : undefined;
    if (!gaps || !ledger) return [];
    return adviceOn(gaps, ledger, look.config).map(({ system, text }) => ({
      rule: NAME,
      text: `${system}: ${text}.`,
    }));
  },
};

/** What a request that is still to be worked on leaves open; null where that is nothing. */
function gapsOf(look: Look, issue: Issue): Gaps | null {
  const project = look.project("requests");
  if (!project || issue.state === "closed" || !isRequest(look, issue)) return null;
  if (readLabels(issue.labels, look.book).states.includes("completed")) return null;
  const gaps = gapsIn(issue, look.config, project.forge, look.own("requests", issue.author));
  return gaps.open.length > 0 ? gaps : null;
}

/** The same as long as the questions are. */
function keyOf({ open }: Gaps): string {
  const questions = open.map(({ role, region, system }) => JSON.stringify([role, region, system]));
  return digest(questions.sort().join("\n")).slice(0, 16);
}

function bodyOf(advice: readonly Advice[]): SafeText {
  const more = advice.length - MOST_LINES;
  return lines(
    safe`**What others with the same role were given**, by completed requests:`,
    safe``,
    ...advice.slice(0, MOST_LINES).map(({ system, text }) => safe`- **${inline(system)}**: ${inline(text)}`),
    more > 0 && safe`- … and ${more} more`,
  );
}
