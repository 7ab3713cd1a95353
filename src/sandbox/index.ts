export type { Fault, FaultKind, Faults } from "./faults.ts";
export type { Limits } from "./limits.ts";
export { type LoggedRequest, type Sandbox, type SandboxOptions, startSandbox } from "./server.ts";
export type { Attempt, Delivery, Hook, HookOptions, Webhooks } from "./webhooks.ts";
