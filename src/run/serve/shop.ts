/** The teams that an app serves, and what its parts work with. */
import type { ForgeKind, Instant, ProjectRole } from "../../model.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { Team } from "../team.ts";
import type { Log, Watch } from "./log.ts";
import type { Sleep } from "./turn.ts";

export interface Served {
  /** The team's home, for logs: `github:acme/access-requests`, or the path of a file. */
  readonly home: string;
  readonly team: Team;
}

export interface Place extends Served {
  readonly role: ProjectRole;
}

export interface Directory {
  all(): readonly Served[];
  /** Whose project this is, and as what. One project may serve several. */
  serving(forge: ForgeKind, project: string): readonly Place[];
  /** False while some home could not be read at all yet, so that nobody can say whose a project is. */
  complete(): boolean;
}

export interface Shop {
  readonly inbox: Inbox;
  readonly directory: Directory;
  readonly now: () => Instant;
  readonly sleep: Sleep;
  readonly log: Log;
  readonly watch: Watch;
}

/** Whatever reaches beyond one issue, such as creating another, is done one at a time for each team. */
export const turnOf = ({ team }: Pick<Served, "team">): string => {
  const { reader } = team.forges.requests ?? { reader: null };
  return `create ${reader?.forge} ${reader?.project.toLowerCase()}`;
};
