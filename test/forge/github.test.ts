import { afterEach, describe, expect, test } from "vitest";
import { createGitHubForge } from "../../src/forge/github/index.ts";
import { forgeContract } from "./forge.contract.ts";
import { validatingFetch } from "./github.openapi.ts";
import { sandboxWorld } from "./worlds.ts";

const operations = new Set<string>();
let judges: ReturnType<typeof validatingFetch>[] = [];

describe("GitHub, with every request judged by GitHub's own description", () => {
  afterEach(() => {
    const faults = judges.flatMap((judge) => judge.faults);
    for (const judge of judges) for (const operation of judge.operations) operations.add(operation);
    judges = [];
    expect(faults).toEqual([]);
  });

  forgeContract("GitHub", (options) =>
    sandboxWorld(
      "github",
      (target, deps) => {
        const judge = validatingFetch(target.api);
        judges.push(judge);
        return createGitHubForge(target, { ...deps, fetch: judge.fetch });
      },
      options,
    ),
  );

  test("the suite makes every kind of request", () => {
    expect([...operations].sort()).toEqual([
      "issues/add-assignees",
      "issues/add-labels",
      "issues/check-user-can-be-assigned",
      "issues/create",
      "issues/create-comment",
      "issues/create-label",
      "issues/get",
      "issues/list-assignees",
      "issues/list-comments",
      "issues/list-events",
      "issues/list-events-for-repo",
      "issues/list-for-repo",
      "issues/list-labels-for-repo",
      "issues/remove-assignees",
      "issues/remove-label",
      "issues/update",
      "issues/update-comment",
      "issues/update-label",
      "projects/add-field-for-org",
      "projects/add-item-for-org",
      "projects/create-view-for-org",
      "projects/list-fields-for-org",
      "projects/list-for-org",
      "projects/list-items-for-org",
      "projects/update-item-for-org",
      "reactions/create-for-issue-comment",
      "repos/get",
      "users/get-authenticated",
    ]);
  });
});
