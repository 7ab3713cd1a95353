/** From a verified delivery to the store: what is worth keeping is kept, the rest is let go. */
import type { ForgeError, Receiver } from "../../forge/forge.ts";
import { githubReceiver } from "../../forge/github/index.ts";
import { gitlabReceiver } from "../../forge/gitlab/index.ts";
import type { ForgeKind, Instant } from "../../model.ts";
import { type Inbox, laneOf } from "../../run/inbox/inbox.ts";
import type { Log } from "../../run/serve/log.ts";
import type { Directory } from "../../run/serve/shop.ts";
import type { Answer } from "./metrics.ts";

export interface Intake {
  /**
   * Stores a delivery that a team is to look at. Resolved with `stored` it is durable.
   * @param id the forge's, or one made from the content
   * @throws ForgeError `invalid` where the payload is not what the event says
   * @throws StoreError
   */
  take(forge: ForgeKind, event: string, payload: unknown, id: string): Promise<Answer>;
}

const RECEIVERS: Readonly<Record<ForgeKind, Receiver>> = { github: githubReceiver, gitlab: gitlabReceiver };

export function createIntake(deps: {
  readonly inbox: Pick<Inbox, "put">;
  readonly directory: Directory;
  readonly now: () => Instant;
  readonly log: Log;
}): Intake {
  const { inbox, directory, now, log } = deps;
  return {
    async take(forge, event, payload, id) {
      const delivery = RECEIVERS[forge].read(event, payload, id);
      if (!delivery) return "dropped";
      const { project, action } = delivery;
      // Until every home has been read nobody can say that a project is nobody's.
      if (directory.complete() && directory.serving(forge, project).length === 0) {
        log.debug({ delivery: id, forge, event, project }, "dropped: no team has this project");
        return "dropped";
      }
      const lane = laneOf(delivery);
      const answer = await inbox.put({ id: `${forge} ${id}`, lane, delivery, receivedAt: now() });
      log.info({ delivery: id, event, action, lane }, answer);
      return answer;
    },
  };
}

/** Whether an error says that a payload is not what its event says. */
export const isUnreadable = (error: unknown): error is ForgeError =>
  error instanceof Error && "kind" in error && error.kind === "invalid";
