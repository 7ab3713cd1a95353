export { MemoryForge } from "./memory.ts";
export { Refusal } from "./state.ts";
