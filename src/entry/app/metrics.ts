/** What `/metrics` tells, for Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ForgeDeps } from "../../forge/forge.ts";
import type { ForgeKind, Instant } from "../../model.ts";
import type { Inbox } from "../../run/inbox/inbox.ts";
import type { Watch } from "../../run/serve/log.ts";

/** How a delivery was answered: the first three are 202. */
export type Answer = "stored" | "known" | "dropped" | "refused" | "too-large" | "invalid" | "unavailable";

export interface Metrics extends Watch {
  readonly contentType: string;
  delivered(forge: ForgeKind, event: string, answer: Answer): void;
  recovered(count: number): void;
  /** For the adapters of one forge. */
  asked(forge: ForgeKind): NonNullable<ForgeDeps["onAnswer"]>;
  text(): Promise<string>;
}

export function createMetrics(inbox: Pick<Inbox, "stats">, now: () => Instant): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const deliveries = new Counter({
    name: "daytwo_deliveries_total",
    help: "Webhook deliveries received, by forge, event and answer",
    labelNames: ["forge", "event", "answer"],
    registers,
  });
  const reconciles = new Counter({
    name: "daytwo_reconciles_total",
    help: "Looks at one issue, by what asked for them and how they ended",
    labelNames: ["trigger", "result"],
    registers,
  });
  const reconcileSeconds = new Histogram({
    name: "daytwo_reconcile_duration_seconds",
    help: "How long a look at one issue took, its writes included",
    labelNames: ["trigger"],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  });
  const sweepSeconds = new Histogram({
    name: "daytwo_sweep_duration_seconds",
    help: "How long a look at all of a team's work took, by how it ended",
    labelNames: ["result"],
    buckets: [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900],
    registers,
  });
  const batch = new Histogram({
    name: "daytwo_batch_deliveries",
    help: "Deliveries that one look answered",
    buckets: [1, 2, 3, 5, 10, 20, 50, 100, 500],
    registers,
  });
  const requests = new Counter({
    name: "daytwo_forge_requests_total",
    help: "Requests to forges, by kind and class of status; none where no answer came",
    labelNames: ["forge", "kind", "status"],
    registers,
  });
  const left = new Gauge({
    name: "daytwo_forge_rate_limit_remaining",
    help: "Requests that the forge's rate limit leaves, as its last answer said",
    labelNames: ["forge"],
    registers,
  });
  const redelivered = new Counter({
    name: "daytwo_deliveries_recovered_total",
    help: "Missed deliveries that the forge was asked to send again",
    registers,
  });
  const waiting = new Gauge({
    name: "daytwo_inbox_waiting",
    help: "Deliveries that wait or are worked on",
    registers,
  });
  const dead = new Gauge({
    name: "daytwo_dead_letters",
    help: "Deliveries that failed too often",
    registers,
  });
  const oldest = new Gauge({
    name: "daytwo_inbox_oldest_age_seconds",
    help: "Age of the oldest delivery that waits; 0 when none does",
    registers,
  });

  return {
    contentType: registry.contentType,
    delivered: (forge, event, answer) => deliveries.inc({ forge, event, answer }),
    recovered: (count) => redelivered.inc(count),
    batch: (size) => batch.observe(size),
    reconciled(trigger, result, seconds) {
      reconciles.inc({ trigger, result });
      reconcileSeconds.observe({ trigger }, seconds);
    },
    swept: (result, seconds) => sweepSeconds.observe({ result }, seconds),
    asked: (forge) => (kind, status, headers) => {
      requests.inc({ forge, kind, status: status === null ? "none" : `${Math.floor(status / 100)}xx` });
      const told = headers?.get("x-ratelimit-remaining") ?? headers?.get("ratelimit-remaining");
      if (told != null && Number.isFinite(Number(told))) left.set({ forge }, Number(told));
    },
    async text() {
      try {
        const stats = await inbox.stats();
        waiting.set(stats.waiting);
        dead.set(stats.dead);
        oldest.set(stats.oldest === null ? 0 : Math.max(0, now() - stats.oldest) / 1000);
      } catch {
        // While the store is away the others still tell something, and these do not lie.
        for (const gauge of [waiting, dead, oldest]) gauge.remove();
      }
      return registry.metrics();
    },
  };
}
