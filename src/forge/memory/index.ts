export { MemoryForge, type MemoryOptions } from "./memory.ts";
export type { Person } from "./person.ts";
export { type Happening, Refusal, type Right } from "./state.ts";
