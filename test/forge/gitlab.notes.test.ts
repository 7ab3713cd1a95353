import { describe, expect, it } from "vitest";
import { noteEvents } from "../../src/forge/gitlab/notes.ts";

const told = (body: string) =>
  noteEvents({ id: 1, body, author: { username: "ann" }, created_at: 7, system: true }).map((event) => {
    expect(event).toMatchObject({ at: 7, actor: "ann" });
    return "assignee" in event
      ? `${event.type} ${event.assignee}`
      : "text" in event
        ? `${event.type}: ${event.text}`
        : event.type;
  });

/** The sentences of GitLab's `app/services/system_notes/issuables_service.rb`, of several versions. */
describe("system notes", () => {
  it.each([
    ["assigned to @bob", ["assigned bob"]],
    ["assigned to @bob and @cy", ["assigned bob", "assigned cy"]],
    [
      "assigned to @user1, @user2, and @user3 and unassigned @user4 and @user5",
      ["assigned user1", "assigned user2", "assigned user3", "unassigned user4", "unassigned user5"],
    ],
    [
      "assigned to @user1, @user2 and @user3 and unassigned from @user4 and @user5",
      ["assigned user1", "assigned user2", "assigned user3", "unassigned user4", "unassigned user5"],
    ],
    ["assigned to @user1 additionally to @user2", ["assigned user1"]],
    ["unassigned @bob", ["unassigned bob"]],
    [
      "unassigned @a.b-c_d, @project_9_bot_1f, and @e",
      ["unassigned a.b-c_d", "unassigned project_9_bot_1f", "unassigned e"],
    ],
    ["assigned to @unassigned and unassigned @assigned", ["assigned unassigned", "unassigned assigned"]],
    ["removed assignee", []],
    ["removed all assignees", []],
  ])("%s", (body, events) => {
    expect(told(body)).toEqual(events);
  });

  it.each([
    ["marked the checklist item **Buy milk** as completed", ["ticked: Buy milk"]],
    ["marked the checklist item **Buy milk** as incomplete", ["unticked: Buy milk"]],
    ["marked the task **Buy milk** as completed", ["ticked: Buy milk"]],
    ["marked the checklist item **Set **bold** role** as completed", ["ticked: Set **bold** role"]],
    [
      'marked the checklist item **src/x\\.go says a \\= \\"1\\"** as completed',
      ['ticked: src/x.go says a = "1"'],
    ],
    ["marked the checklist item **a.b \\* c** as completed", ["ticked: a.b \\* c"]],
    ["marked the checklist item **Invite <!-- k --> them** as completed", ["ticked: Invite  them"]],
  ])("%s", (body, events) => {
    expect(told(body)).toEqual(events);
  });

  it.each([
    "changed the description",
    "changed title from **assigned to @bob** to **x**",
    "mentioned in issue #4",
    "made the issue confidential",
    "closed",
    "added 1 of 3 checklist items",
  ])("%s tells nothing", (body) => {
    expect(told(body)).toEqual([]);
  });
});
