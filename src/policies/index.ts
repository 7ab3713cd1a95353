/** The registry: every policy, in the order they look. A policy sees what those before it changed. */
import { commandsPolicy } from "./commands.ts";
import { dayTwo } from "./day-two.ts";
import { lifecycle } from "./lifecycle.ts";
import type { Policy } from "./policy.ts";

export const policies: readonly Policy[] = [dayTwo, commandsPolicy, lifecycle];
