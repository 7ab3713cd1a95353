/** What a proposed change of the configuration comes to, as a comment where it is proposed. */
import type { Fault } from "../engine/config/fault.ts";
import { code, inline, marker, type SafeText, safe, trusted } from "../engine/text/safe.ts";
import type { ForgeTarget } from "../forge/forge.ts";
import { githubApi, githubReview, githubWeb } from "../forge/github/index.ts";
import { gitlabApi, gitlabReview } from "../forge/gitlab/index.ts";
import type { Review } from "../forge/review.ts";
import { type Difference, isSame } from "../plan/difference.ts";
import { Invalid, type Io } from "./io.ts";
import { changesBlock, pageOf, problemsBlock } from "./page.ts";
import { count } from "./show.ts";

/** Names our comment, so that the next check edits it. */
export const REVIEW_KEY = "config-check";
/** GitHub takes 65,536 characters in a comment, GitLab more. */
const ROOM = 60_000;

/**
 * The pull or merge request that this CI job is about.
 * @throws Invalid where it is about none
 */
export function reviewFrom({ env, now, sleep }: Pick<Io, "env" | "now" | "sleep">): Review {
  const deps = { cache: null, now, sleep };
  const pull = /^refs\/pull\/(\d+)\//.exec(env.GITHUB_REF ?? "")?.[1];
  if (env.GITHUB_REPOSITORY && pull !== undefined) {
    const target: ForgeTarget = {
      forge: "github",
      project: env.GITHUB_REPOSITORY,
      api: githubApi(undefined, env.GITHUB_API_URL),
      web: githubWeb(undefined, env.GITHUB_API_URL),
      token: env.GITHUB_TOKEN?.trim() ?? "",
    };
    return githubReview(target, Number(pull), deps);
  }
  const project = env.CI_MERGE_REQUEST_PROJECT_PATH;
  if (project && env.CI_MERGE_REQUEST_IID) {
    const api = gitlabApi(undefined, env.GITLAB_API_URL ?? env.CI_API_V4_URL);
    const web = api.replace(/\/api\/v4$/, "");
    const target: ForgeTarget = { forge: "gitlab", project, api, web, token: env.GITLAB_TOKEN?.trim() ?? "" };
    return gitlabReview(target, Number(env.CI_MERGE_REQUEST_IID), deps);
  }
  const expected =
    "a workflow on pull_request (GITHUB_REPOSITORY, GITHUB_REF) or a merge request pipeline (CI_MERGE_REQUEST_PROJECT_PATH, CI_MERGE_REQUEST_IID)";
  throw Invalid.one(`--comment: found neither, expected ${expected}`, { path: "--comment", expected });
}

const TITLE = trusted("## What this change makes daytwo do");

/**
 * @param left issues that were not looked at, because there was too much to read
 * @param replaces whether there is a valid configuration that this one replaces
 */
export function differenceText(
  difference: Difference,
  { left, replaces }: { readonly left: number; readonly replaces: boolean },
): SafeText {
  const { added, removed, altered, problems } = difference;
  const before = replaces
    ? ""
    : " There is no valid configuration yet that it replaces, so all of this is new.";
  const rest =
    left === 0 ? "" : ` ${count(left, "issue")} could not be looked at: there was too much to read.`;
  const headline = isSame(difference)
    ? "A tick now would do exactly the same with it as without it."
    : `A tick now would make ${count(added.length, "change")} more, ${removed.length} fewer and ${altered.length} otherwise.`;
  return pageOf(
    safe`${marker(REVIEW_KEY)}\n${TITLE}\n\n${inline(`${headline}${before}${rest}`)}`,
    [
      changesBlock(added, undefined, trusted("### It would also")),
      changesBlock(removed, undefined, trusted("### It would no longer")),
      changesBlock(altered, undefined, trusted("### It would write otherwise")),
      problemsBlock(problems.added, trusted("### New problems for somebody to mend")),
      problemsBlock(problems.removed, trusted("### Problems that would be gone")),
    ],
    ROOM,
    "daytwo check --against tells all",
  );
}

export function faultsText(faults: readonly Fault[]): SafeText {
  return pageOf(
    safe`${marker(REVIEW_KEY)}\n${TITLE}\n\nNothing yet: the configuration is not valid.`,
    [
      {
        head: trusted("### Faults\n"),
        rows: faults.map(
          ({ file, line, column, message }) =>
            safe`- ${code(`${file}:${line}:${column}`)} ${inline(message)}`,
        ),
        what: "fault",
      },
    ],
    ROOM,
    "daytwo check tells all",
  );
}
