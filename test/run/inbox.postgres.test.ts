import { afterAll, beforeAll } from "vitest";
import { openPostgresInbox } from "../../src/run/inbox/postgres.ts";
import { MONDAY } from "./deliveries.ts";
import { inboxContract } from "./inbox.contract.ts";
import { type Postgres, startPostgres } from "./postgres.ts";

let server: Postgres;
let schemas = 0;
beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.remove());

inboxContract("PostgreSQL", {
  pause: 1000,
  stories: 8,
  async create() {
    const schema = `contract_${++schemas}`;
    return {
      open: (options) =>
        openPostgresInbox({ url: server.url, schema, lease: 10, now: () => MONDAY, ...options }),
      remove: async () => {},
    };
  },
});
