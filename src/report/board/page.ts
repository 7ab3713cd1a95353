/** The board as one page. */
import type { BoardData } from "./report.ts";

export async function boardPage({ project }: BoardData): Promise<string> {
  return project;
}
