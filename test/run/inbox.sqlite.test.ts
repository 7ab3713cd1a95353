import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteInbox, visitSqliteInbox } from "../../src/run/inbox/sqlite.ts";
import { MONDAY } from "./deliveries.ts";
import { inboxContract } from "./inbox.contract.ts";

inboxContract("SQLite", {
  pause: 40,
  stories: 40,
  async create() {
    const folder = mkdtempSync(join(tmpdir(), "daytwo-inbox-"));
    return {
      open: (options) => openSqliteInbox({ folder, now: () => MONDAY, ...options }),
      visit: () => visitSqliteInbox(folder),
      remove: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
});
