/** Deliveries to put into an inbox: small, whole, and told apart by their ids. */
import type { Delivery, Instant } from "../../src/model.ts";
import { laneOf, type Waiting } from "../../src/run/inbox/inbox.ts";

export const MONDAY: Instant = Date.UTC(2026, 10, 23, 9);

export function waiting(id: string, issue = 1, body = "- [ ] Salesforce"): Waiting {
  const delivery: Delivery = {
    forge: "github",
    project: "acme/access-requests",
    id,
    about: "issue",
    action: "labeled",
    actor: "mona",
    issue: {
      number: issue,
      state: "open",
      labels: ["AR-Intake"],
      assignees: [],
      updatedAt: MONDAY,
      digest: id,
      body,
    },
    events: [{ at: MONDAY, actor: "mona", type: "labeled", label: "AR-Intake" }],
    comment: null,
  };
  return { id: `github ${id}`, lane: laneOf(delivery), delivery, receivedAt: MONDAY };
}

export const lane = (issue: number): string => waiting("", issue).lane;
