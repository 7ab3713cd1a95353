/** The right answer to each entry of `test/fixtures/tech-stack.yml`, written by hand. */
import type { Via } from "../../../src/engine/stack/route.ts";

export interface Side {
  readonly via: Via | null;
  readonly handles?: readonly string[];
  readonly groups?: readonly string[];
  readonly labels?: readonly string[];
  readonly contacts?: readonly string[];
  readonly channels?: readonly string[];
}

export interface Answer {
  readonly id: string;
  readonly give: Side;
  readonly revoke: Side;
  /** Null: nothing says, so the file's default counts. */
  readonly tier: 1 | 2 | 3 | 4 | null;
  readonly sox?: true;
  readonly docs?: string;
  readonly owner?: string;
}

const by = (...handles: string[]): Side => ({ via: "people", handles });
const labels = (...names: string[]): Side => ({ via: "label", labels: names });
const named = (...contacts: string[]): Side => ({ via: "people", contacts });
const only = (via: Via): Side => ({ via });
const nobody: Side = { via: null };
const ENABLEMENT = "acme-corp/business-tech/enablement";

export const answers: readonly Answer[] = [
  {
    id: "salesforce",
    give: by("ana", "ben.ode"),
    revoke: by("ana"),
    tier: 1,
    sox: true,
    docs: "https://handbook.example.com/salesforce",
    owner: "cora",
  },
  {
    id: "chorus",
    give: by("ana", "ben.ode"),
    revoke: by("ana", "ben.ode"),
    tier: 2,
    docs: "https://handbook.example.com/chorus",
  },
  { id: "leandata", give: by("ana", "ben.ode"), revoke: nobody, tier: 3 },
  {
    id: "ringlead",
    give: labels("SalesOpsAR::Action Needed"),
    revoke: labels("SalesOpsAR::Action Needed"),
    tier: 3,
  },
  {
    id: "ledger-cloud",
    give: labels("Fin - Ledger", "Finance Systems", "Fin-Priority::1", "Fin::Service Desk"),
    revoke: labels("Fin - Ledger", "Finance Systems"),
    tier: 1,
    sox: true,
  },
  {
    id: "key-vault",
    give: { via: "label", labels: ["IT::to do"], groups: [ENABLEMENT] },
    revoke: named("IT Ops"),
    tier: 3,
  },
  {
    id: "docs-hosting",
    give: { ...by("ana", "ben.ode"), labels: ["it-eng-type::access-request"] },
    revoke: { ...by("ana", "ben.ode"), labels: ["it-eng-type::access-request"] },
    tier: 2,
  },
  {
    id: "prod-console",
    give: { ...by("dmitri", "eva.k"), labels: ["infra::to do"] },
    revoke: { ...by("dmitri", "eva.k"), labels: ["infra::to do"] },
    tier: 1,
  },
  { id: "mail-finder", give: only("sso"), revoke: only("sso"), tier: 3 },
  {
    id: "coffee-bot",
    give: { via: "automatic", channels: ["#coffee-with-strangers"] },
    revoke: only("automatic"),
    tier: null,
  },
  { id: "standup-bot", give: only("self-service"), revoke: only("automatic"), tier: 3 },
  { id: "config-manager", give: only("none"), revoke: only("none"), tier: 2 },
  { id: "query-agent", give: only("none"), revoke: nobody, tier: null },
  {
    id: "payroll",
    give: { via: "group", groups: ["people-connect-team"] },
    revoke: { via: "group", groups: ["people-connect-team"] },
    tier: 1,
  },
  {
    id: "tax-engine",
    give: named("Stella Berg", "Ines Holm"),
    revoke: named("Stella Berg", "Ines Holm"),
    tier: 2,
  },
  { id: "badge-printer", give: named("Petra Ljung"), revoke: named("Petra Ljung"), tier: 3 },
  { id: "travel", give: by("gmring1"), revoke: by("gmring1"), tier: 3 },
  { id: "video-calls", give: by("fran"), revoke: by("fran"), tier: 3 },
  { id: "surveys", give: by("greta", "hugo"), revoke: by("greta", "hugo"), tier: 3 },
  { id: "sourcing-seats", give: by("ivy"), revoke: by("ivy"), tier: 3 },
  { id: "design-tool", give: by("jon-p", "kaya_1", "Leo"), revoke: by("jon-p", "kaya_1", "Leo"), tier: 2 },
  {
    id: "incident-rooms",
    give: { via: "people", channels: ["#infra-lounge"] },
    revoke: { via: "people", channels: ["#infra-lounge"] },
    tier: 1,
  },
  { id: "old-wiki", give: nobody, revoke: nobody, tier: null },
  {
    id: "shared-vault",
    give: { via: "people", handles: ["mona"], groups: [ENABLEMENT], labels: ["IT::To do"] },
    revoke: only("automatic"),
    tier: 3,
  },
  { id: "forecasts", give: named("Fritz Isak"), revoke: by("nora"), tier: 1 },
  { id: "hand-book", give: nobody, revoke: nobody, tier: 3 },
  { id: "access-hub", give: by("olaf", "pia"), revoke: by("olaf"), tier: 1 },
  { id: "media-library", give: { via: "self-service", handles: ["quinn"] }, revoke: by("quinn"), tier: 3 },
  {
    id: "broadcasts",
    give: { via: "automatic", channels: ["#people-connect"] },
    revoke: { via: "group", groups: [ENABLEMENT] },
    tier: 3,
  },
  { id: "helpdesk", give: by("rosa.m"), revoke: by("rosa.m"), tier: 2 },
  {
    id: "commissions-cea",
    give: labels("Fin - CEA", "Fin::Service Desk"),
    revoke: labels("Fin - CEA", "Fin::Service Desk"),
    tier: 1,
    sox: true,
  },
  { id: "time-zones", give: named("IT Operations"), revoke: named("IT-Ops"), tier: 3 },
  { id: "backups", give: only("none"), revoke: only("none"), tier: 1 },
  { id: "events", give: by("sune", "tove.b"), revoke: by("sune"), tier: 3 },
  { id: "source-host", give: by("dmitri", "eva.k"), revoke: by("dmitri", "eva.k"), tier: 1 },
  { id: "partner-portal", give: by("uma"), revoke: by("uma"), tier: 2, owner: "wille" },
  {
    id: "research-panel",
    give: { via: "people", handles: ["xena"], groups: [ENABLEMENT], labels: ["IT Security::Needs Review"] },
    revoke: by("xena"),
    tier: 2,
  },
  { id: "screen-recorder", give: only("sso"), revoke: only("sso"), tier: 3 },
  { id: "signatures", give: nobody, revoke: nobody, tier: null },
  { id: "chorus-2", give: by("yrsa"), revoke: by("yrsa"), tier: 4, docs: "https://chorus.example.com/login" },
];
