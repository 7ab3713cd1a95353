import type { Inbox, InboxOptions } from "./inbox.ts";

/**
 * Opens the inbox: on PostgreSQL when `databaseUrl` is set, which several instances may share, and otherwise
 * on a file in `folder`, which is this process's alone.
 * @throws StoreError when the database cannot be reached, or another process holds the file
 */
export async function openInbox({
  databaseUrl,
  folder,
  ...options
}: InboxOptions & { readonly databaseUrl?: string | undefined; readonly folder: string }): Promise<Inbox> {
  // Each brings its driver along: only the one in use is loaded.
  if (databaseUrl) return (await import("./postgres.ts")).openPostgresInbox({ url: databaseUrl, ...options });
  return (await import("./sqlite.ts")).openSqliteInbox({ folder, ...options });
}
