/** `report access`: who has what, by the requests. */
import type { Grant } from "../engine/access/grants.ts";
import type { Ledger } from "../engine/access/ledger.ts";
import type { Config } from "../engine/config/schema.ts";
import { dayOf } from "../engine/time/zones.ts";
import type { Instant } from "../model.ts";
import { begin, readSelf } from "../run/gather.ts";
import { readLedger } from "../run/ledger.ts";
import { csv } from "./csv.ts";
import { report } from "./report.ts";
import { type TableDocument, tablesHtml, tablesMd } from "./tables.ts";

interface Access {
  readonly at: Instant;
  readonly ledger: Ledger;
  readonly config: Config;
}

export const accessReport = report<Access>({
  name: "access",
  summary: "Who has which system and role, by Completed requests and offboardings.",

  async load(team, now, { rebuild }) {
    const facts = begin(team);
    await readSelf(team, facts);
    const { requests } = facts;
    if (!requests) throw new Error("A team without requests cannot be put together");
    const ledger = await readLedger(team, requests, { now, listedSince: null, rebuild });
    return { at: now, ledger, config: team.config };
  },

  json({ at, ledger, config }) {
    return {
      at: iso(at),
      people: ledger.people.map(({ person, role, region, grants }) => ({
        ...person,
        role,
        region,
        systems: bySystem(grants).map(({ system, as, request, url, at: since }) => ({
          system,
          as,
          request,
          since: iso(since),
          url,
        })),
      })),
      systems: systemsOf(ledger, config).map(({ system, name, count }) => ({ system, name, count })),
    };
  },

  csv(data) {
    const head = ["name", "email", "role", "region", "system", "as", "request", "since"];
    return csv(
      head,
      rowsOf(data).map(({ person, role, region, grant: { system, as, request }, since }) => [
        person.name,
        person.email,
        role,
        region,
        system,
        as,
        request,
        since,
      ]),
    );
  },

  md: (data) => tablesMd(documentOf(data)),
  html: (data) => tablesHtml(documentOf(data)),
});

const iso = (at: Instant): string => new Date(at).toISOString();
const bySystem = (grants: readonly Grant[]): Grant[] =>
  grants.toSorted((a, b) => (a.system < b.system ? -1 : 1));

/** One row to a person and system, with the day the request was opened. */
const rowsOf = ({ ledger, config }: Access) =>
  ledger.people.flatMap(({ person, role, region, grants }) =>
    bySystem(grants).map((grant) => {
      const since = dayOf(grant.at, config.timezone);
      return { person, role, region, grant, since };
    }),
  );

/** The configured systems in their order, then those that somebody still has though they are configured no more. */
function systemsOf(ledger: Ledger, { systems }: Config) {
  const held = new Set(ledger.people.flatMap(({ grants }) => grants.map(({ system }) => system)));
  return [...new Set([...systems.keys(), ...[...held].sort()])].map((system) => ({
    system,
    name: systems.get(system)?.name ?? system,
    count: ledger.holders(system).length,
  }));
}

function documentOf(data: Access): TableDocument {
  const { ledger, config, at } = data;
  const nameOf = (system: string): string => config.systems.get(system)?.name ?? system;
  return {
    title: "Access",
    intro: `Who has what on ${dayOf(at, config.timezone)}, by Completed requests and offboardings.`,
    tables: [
      {
        title: "People",
        head: ["Name", "E-mail", "Role", "Region", "System", "As", "Request", "Since"],
        rows: rowsOf(data).map(({ person, role, region, grant, since }) => [
          person.name,
          person.email,
          role,
          region,
          nameOf(grant.system),
          grant.as,
          { text: `#${grant.request}`, url: grant.url },
          since,
        ]),
        none: "Nobody was given anything by a Completed request.",
      },
      {
        title: "Systems",
        head: ["System", "People"],
        rows: systemsOf(ledger, config).map(({ name, count }) => [name, count]),
        none: "No systems are configured.",
      },
    ],
  };
}
