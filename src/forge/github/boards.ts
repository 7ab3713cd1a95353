/**
 * Boards as GitHub has them: a project (v2) of the repository's owner, with a field whose choices are the lists.
 * https://docs.github.com/en/rest/projects. REST since September 2025; that creates no projects, so this goes over
 * GraphQL. It changes no choices of a field that is there, and GraphQL does that only by replacing all of them, which
 * takes the issues out of their lists: that is left to people.
 *
 * `GITHUB_TOKEN` of a workflow reaches no projects, and an older GitHub Enterprise Server has no such endpoints: then
 * there are no boards, which is no failure.
 */
import { z } from "zod";
import { type Absent, type Board, type Boards, ForgeError, type Label, type Written } from "../forge.ts";
import { writeOnce } from "../http/send.ts";
import { hostOf, linkTo } from "../http/url.ts";
import type { Doing } from "../http/words.ts";
import { type Client, PER_PAGE } from "./client.ts";

/** The field whose choices are the lists. */
const FIELD = "Request state";
const VIEW = "By state";
const NEED =
  "Projects: read and write of the repository's owner (a classic token: the scope project); the GITHUB_TOKEN of a workflow cannot have that";
/** Answers that mean that this token, or this server, has no projects. */
const NONE = [403, 404, 410, 501];

const ownerWire = z.object({
  node_id: z.string().nullish(),
  owner: z.object({ login: z.string(), type: z.string().nullish(), node_id: z.string().nullish() }),
});
const projectWire = z.object({
  number: z.number(),
  title: z.string(),
  state: z.string().nullish(),
  closed_at: z.string().nullish(),
});
const name = z.union([z.string(), z.object({ raw: z.string() }).transform(({ raw }) => raw)]);
const fieldWire = z.object({
  id: z.number(),
  name: z.string(),
  data_type: z.string().nullish(),
  options: z.array(z.object({ id: z.string(), name })).nullish(),
});
const itemWire = z.object({
  id: z.number(),
  content_type: z.string().nullish(),
  content: z
    .object({ number: z.number().nullish(), repository_url: z.string().nullish(), url: z.string().nullish() })
    .nullish(),
  fields: z.array(z.object({ id: z.number().nullish(), value: z.unknown() })).nullish(),
});
const choiceWire = z.object({ id: z.string() }).nullish();

interface Owner {
  /** `orgs/acme` or `users/meri`. */
  readonly path: string;
  readonly login: string;
  readonly nodeId: string;
  readonly repositoryId: string | null;
}
interface Field {
  readonly id: number;
  /** Ids of its choices by name. */
  readonly choices: ReadonlyMap<string, string>;
}

export function createBoards(client: Client): Boards {
  const { rest, repo, target, sender } = client;
  const reading = (what: string): Doing => ({ what, write: false, target: null, need: NEED });
  const writing = (what: string): Doing => ({ ...reading(what), write: true });
  let owner: Promise<Owner> | null = null;
  const fields = new Map<string, Field | null>();
  const items = new Map<string, Map<number, number>>();

  async function findOwner(): Promise<Owner> {
    const doing = { what: "read the repository", write: false, target: null };
    const answer = await client.ask(doing, rest.repos.get(repo));
    const { owner: found, node_id: repositoryId = null } = client.parse(doing, ownerWire, answer.data);
    const { login, type, node_id: nodeId } = found;
    const path = `${type === "User" ? "users" : "orgs"}/${login}`;
    return { path, login, nodeId: nodeId ?? "", repositoryId };
  }
  const ownerOnce = (): Promise<Owner> => {
    owner ??= findOwner().catch((error: unknown) => {
      owner = null;
      throw error;
    });
    return owner;
  };

  /** All pages of a list below the owner's projects; null where there is no such thing. */
  async function list<W>(below: string, wire: z.ZodType<W>, query: object = {}): Promise<W[] | null> {
    const doing = reading("list projects");
    const { path } = await ownerOnce();
    const found: W[] = [];
    for (let after: string | null = null; ; ) {
      const params = { ...query, per_page: PER_PAGE, ...(after === null ? {} : { after }) };
      const answer = await client.ask(doing, client.request(`GET /${path}/projectsV2${below}`, params), NONE);
      if (NONE.includes(answer.status)) return null;
      found.push(...client.parse(doing, z.array(wire), answer.data));
      const next = linkTo(answer.headers.link ?? null, "next");
      after = next === null ? null : new URL(next, target.api).searchParams.get("after");
      if (after === null) return found;
    }
  }

  const absent = (): Absent => ({
    absent: `${hostOf(target.api)} shows this token no projects, so there is no board: that takes ${NEED}`,
  });
  const isOpen = ({ state, closed_at: closed }: z.infer<typeof projectWire>) => state !== "closed" && !closed;
  const urlOf = async (number: number): Promise<string> =>
    `${target.web}/${(await ownerOnce()).path}/projects/${number}`;

  async function fieldOf(id: string): Promise<Field | null> {
    const known = fields.get(id);
    if (known !== undefined) return known;
    const all = (await list(`/${id}/fields`, fieldWire)) ?? [];
    const own = all.find((field) => field.name === FIELD && field.data_type === "single_select");
    const field = own ? toField(own) : null;
    fields.set(id, field);
    return field;
  }

  async function toBoard({ number, title }: { number: number; title: string }): Promise<Board> {
    const id = String(number);
    const lists = [...((await fieldOf(id))?.choices.keys() ?? [])];
    return { id, title, url: await urlOf(number), lists };
  }

  async function find(title: string): Promise<Board | Absent | null> {
    const all = await list("", projectWire);
    if (all === null) return absent();
    const own = all.find((project) => project.title === title && isOpen(project));
    return own ? toBoard(own) : null;
  }

  async function create(title: string): Promise<Board | Absent> {
    const { nodeId, repositoryId } = await ownerOnce();
    return writeOnce<Board | Absent>(
      sender,
      async () => {
        const variables = { owner: nodeId, title, repository: repositoryId };
        const { data, errors } = await client.graphql(CREATE, variables);
        const made = createdWire.safeParse(data).data?.createProjectV2?.projectV2;
        if (made) {
          // A new one has no field of ours.
          fields.set(String(made.number), null);
          return toBoard(made);
        }
        const said = errors.length > 0 ? ` (${errors.join("; ")})` : "";
        return { absent: `${hostOf(target.api)} made no project of that name${said}: that takes ${NEED}` };
      },
      () => find(title),
    );
  }

  async function addLists(board: Board, labels: readonly Label[]): Promise<Board> {
    const field = await fieldOf(board.id);
    const missing = labels.filter(({ name: label }) => !field?.choices.has(label));
    if (field !== null && missing.length > 0) {
      const choices = missing.map(({ name: label }) => `"${label}"`).join(", ");
      throw new ForgeError(
        "invalid",
        `cannot add lists to the project "${board.title}": GitHub lets nobody but people add choices to a field; add ${choices} to "${FIELD}" in its settings (${board.url})`,
      );
    }
    const { path } = await ownerOnce();
    const doing = writing(`add a field to the project "${board.title}"`);
    const made = await writeOnce(
      sender,
      async () => {
        const answer = await client.ask(
          doing,
          client.request(`POST /${path}/projectsV2/${board.id}/fields`, {
            name: FIELD,
            data_type: "single_select",
            single_select_options: labels.map(({ name: label, color, description }) => ({
              name: label,
              color: choiceColor(color),
              description,
            })),
          }),
        );
        return toField(client.parse(doing, fieldWire, answer.data));
      },
      async () => {
        fields.delete(board.id);
        return fieldOf(board.id);
      },
    );
    fields.set(board.id, made);
    await addView(board, made);
    return { ...board, lists: labels.map(({ name: label }) => label) };
  }

  /** The board itself, as a view with a column for each choice. Where views cannot be made, the field is there to group by. */
  async function addView(board: Board, field: Field): Promise<void> {
    const { path } = await ownerOnce();
    const view = { name: VIEW, layout: "board", filter: "is:open", vertical_group_by: [field.id] };
    const request = client.request(`POST /${path}/projectsV2/${board.id}/views`, view);
    await client.ask(writing(`add a view to the project "${board.title}"`), request, [...NONE, 422]);
  }

  async function cardsOf(board: Board): Promise<ReadonlyMap<number, string | null>> {
    const field = await fieldOf(board.id);
    const query = field === null ? {} : { fields: String(field.id) };
    const all = (await list(`/${board.id}/items`, itemWire, query)) ?? [];
    const places = new Map<number, string | null>();
    const ids = new Map<number, number>();
    for (const { id, content_type: type, content, fields: values } of all) {
      const number = content?.number;
      const home = content?.repository_url ?? content?.url ?? "";
      if (type !== "Issue" || typeof number !== "number" || !isHere(home)) continue;
      const value = values?.find((one) => one.id === field?.id)?.value;
      const choice = choiceWire.safeParse(value).data?.id;
      const list = [...(field?.choices ?? [])].find(([, each]) => each === choice)?.[0];
      places.set(number, list ?? null);
      ids.set(number, id);
    }
    items.set(board.id, ids);
    return places;
  }

  const isHere = (url: string): boolean =>
    `${url}/`.toLowerCase().includes(`/repos/${target.project.toLowerCase()}/`);

  async function place(board: Board, number: number, label: string): Promise<Written> {
    const { path } = await ownerOnce();
    if (!items.has(board.id)) await cardsOf(board);
    const field = await fieldOf(board.id);
    const choice = field?.choices.get(label);
    if (!field || choice === undefined) {
      throw new ForgeError("invalid", `the project "${board.title}" has no list "${label}"`);
    }
    const doing = writing(`put #${number} into the project "${board.title}"`);
    // An issue that is on the board already is not added twice: the second time gives what is there.
    const known = items.get(board.id)?.get(number);
    const item =
      known ??
      (await writeOnce(
        sender,
        async () => {
          const what = { type: "Issue", ...repo, number };
          const answer = await client.ask(
            doing,
            client.request(`POST /${path}/projectsV2/${board.id}/items`, what),
          );
          return client.parse(doing, itemWire, answer.data).id;
        },
        async () => {
          await cardsOf(board);
          return items.get(board.id)?.get(number) ?? null;
        },
      ));
    items.get(board.id)?.set(number, item);
    // Setting it twice is setting it once.
    return writeOnce(
      sender,
      async () => {
        const update = { fields: [{ id: field.id, value: choice }] };
        await client.ask(
          doing,
          client.request(`PATCH /${path}/projectsV2/${board.id}/items/${item}`, update),
        );
        return { status: "applied", url: board.url } as const;
      },
      async () => null,
    );
  }

  return { find, create, addLists, cards: { list: cardsOf, place } };
}

const toField = ({ id, options }: z.infer<typeof fieldWire>): Field => ({
  id,
  choices: new Map((options ?? []).map((option) => [option.name, option.id])),
});

const CREATE = `mutation ($owner: ID!, $title: String!, $repository: ID) {
  createProjectV2(input: { ownerId: $owner, title: $title, repositoryId: $repository }) { projectV2 { number title } }
}`;
const createdWire = z.object({
  createProjectV2: z
    .object({ projectV2: z.object({ number: z.number(), title: z.string() }).nullish() })
    .nullish(),
});

/** GitHub's colours of choices, about as they look. */
const COLORS: readonly (readonly [name: string, rgb: readonly [number, number, number]])[] = [
  ["GRAY", [119, 119, 119]],
  ["BLUE", [31, 120, 209]],
  ["GREEN", [45, 164, 78]],
  ["YELLOW", [212, 167, 44]],
  ["ORANGE", [240, 136, 62]],
  ["RED", [207, 34, 46]],
  ["PINK", [191, 57, 137]],
  ["PURPLE", [130, 80, 223]],
];

/** The nearest one. @param color `#rrggbb` */
export function choiceColor(color: string): string {
  const part = (at: number) => Number.parseInt(color.slice(at, at + 2), 16);
  const rgb = [part(1), part(3), part(5)];
  const distance = (other: readonly number[]) =>
    other.reduce((sum, value, i) => sum + (value - (rgb[i] ?? 0)) ** 2, 0);
  return COLORS.reduce((best, next) => (distance(next[1]) < distance(best[1]) ? next : best))[0];
}
