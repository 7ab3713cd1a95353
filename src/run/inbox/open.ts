import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Inbox, type InboxOptions, SQLITE_FILE, type Visit } from "./inbox.ts";

type Where = { readonly databaseUrl?: string | undefined; readonly folder: string };

/** Whether there is an inbox, or one would be made. */
export const isThere = ({ databaseUrl, folder }: Where): boolean =>
  databaseUrl !== undefined || existsSync(join(folder, SQLITE_FILE));

/**
 * Opens the inbox: on PostgreSQL when `databaseUrl` is set, which several instances may share, and otherwise
 * on a file in `folder`, which is this process's alone.
 * @throws StoreError when the database cannot be reached, or another process holds the file
 */
export async function openInbox({ databaseUrl, folder, ...options }: InboxOptions & Where): Promise<Inbox> {
  // Each brings its driver along: only the one in use is loaded.
  if (databaseUrl) return (await import("./postgres.ts")).openPostgresInbox({ url: databaseUrl, ...options });
  return (await import("./sqlite.ts")).openSqliteInbox({ folder, ...options });
}

/**
 * Looks into the inbox that `isThere`, whoever works on it.
 * @throws StoreError when it cannot be read
 */
export async function visitInbox({
  databaseUrl,
  folder,
  now,
}: Where & Pick<InboxOptions, "now">): Promise<Visit> {
  if (databaseUrl) return (await import("./postgres.ts")).visitPostgresInbox({ url: databaseUrl, now });
  return (await import("./sqlite.ts")).visitSqliteInbox(folder);
}
