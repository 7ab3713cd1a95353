/** cadences: recurring checklists, one issue for each period, whatever happens meanwhile. */
import { composeCadence, ownerOf } from "../engine/cadence/compose.ts";
import {
  cadenceKey,
  latestOccasion,
  nextOccasion,
  type Occasion,
  spanBefore,
  stillOpens,
} from "../engine/cadence/period.ts";
import type { Cadence } from "../engine/config/schema.ts";
import { issueLink } from "../engine/links.ts";
import { ACCESS_REVIEW } from "../engine/review/names.ts";
import { findMarkers } from "../engine/text/safe.ts";
import { DAY_MS } from "../engine/time/days.ts";
import { instantOf } from "../engine/time/zones.ts";
import type { Instant, Issue } from "../model.ts";
import type { Draft, Explanation, Look, Policy } from "./policy.ts";
import { cannotKnowOwn, closeDoubles, periodIssue } from "./recurring.ts";

const NAME = "cadences";

export const cadences: Policy = {
  name: NAME,
  summary: "Opens recurring checklists from templates, at working days, one for each period.",
  enabled: (config) => config.cadences.length > 0,

  propose(look, draft) {
    if (!look.whole || look.trigger.kind !== "tick") return;
    for (const cadence of look.config.cadences) {
      // That one opens an issue for each owner: another rule sees to it.
      if (cadence.template !== ACCESS_REVIEW) consider(look, draft, cadence);
    }
  },

  explain(look, ref) {
    const issue = ref.project === "requests" ? look.issue(ref) : null;
    if (!issue?.body.includes("<!-- daytwo:cadence:") || !look.own("requests", issue.author)) return [];
    const keys = findMarkers(issue.body);
    return look.config.cadences.flatMap((cadence): Explanation[] => {
      const latest = latestOccasion(look.config, cadence, look.now);
      if (!keys.some((key) => key.startsWith(`cadence:${cadence.template}:`)) || !latest) return [];
      const next = nextOccasion(look.config, cadence, latest);
      const text = `It is opened for each ${cadence.every} from the template ${cadence.template}.`;
      return [
        { rule: NAME, text },
        ...(next ? [{ rule: NAME, text: `The one for ${next.span.name} opens.`, at: next.opens }] : []),
      ];
    });
  },
};

function consider(look: Look, draft: Draft, cadence: Cadence): void {
  const { config, now } = look;
  const occasion = latestOccasion(config, cadence, now);
  if (!occasion || !stillOpens(config, cadence, occasion, now)) return;
  const key = cadenceKey(cadence, occasion.span);
  closeDoubles(look, draft, NAME, key);
  if (look.opened(key) !== null) return;
  const owner = ownerOf(config, cadence, occasion);
  const bare = composeCadence(config, cadence, occasion, owner, null);
  if (periodIssue(look, key, bare.title) !== null) return;
  const unknown = cannotKnowOwn(look);
  if (unknown !== null) {
    draft.problem("requests", null, unknown);
    return;
  }
  const before = previous(look, cadence, occasion);
  const project = look.project("requests");
  if (before === undefined || !project) return;
  const link = before && issueLink(project.name, before);
  const whose = owner ? `; ${owner.handle} owns it, ${owner.because}` : "";
  draft.change({
    kind: "create-issue",
    project: "requests",
    issue: null,
    key,
    ...composeCadence(config, cadence, occasion, owner, link),
    reason: `The ${cadence.template} of ${occasion.span.name} is due${whose}.`,
  });
}

/** The issue of the period before. A quarter's was closed too long ago to be listed: it is looked up this once. */
function previous(look: Look, cadence: Cadence, { span }: Occasion): Issue | null | undefined {
  const before = spanBefore(span, cadence.every);
  const key = cadenceKey(cadence, before);
  const listed = look.opened(key);
  if (listed !== null) return listed;
  const since = opening(look, cadence, before.from);
  const closed = look.closedSince("requests", since);
  if (!closed) return undefined;
  return (
    closed.find(({ author, body }) => look.own("requests", author) && findMarkers(body).includes(key)) ?? null
  );
}

/** An instant before which the issue of a period that begins on a day cannot have opened. */
function opening({ config }: Look, { on }: Cadence, from: string): Instant {
  // What opens so many working days before the end of its period may open before its begin.
  const early = typeof on === "number" && on < 0 ? -on * 2 * DAY_MS : 0;
  return instantOf(from, "00:00", config.timezone) - early;
}
