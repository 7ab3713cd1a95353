import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests of pure code share what they load: a file of them changes nothing that another would see. */
const PURE = ["engine", "plan", "policies"].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    globalSetup: ["test/setup.ts"],
    setupFiles: ["test/properties.ts"],
    // These end what hangs; how fast something is, is nothing a test on a busy machine can tell.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 60_000 } },
    pool: "forks",
    // On two cores the default is one worker, and much of a test's time is waiting.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      { extends: true, test: { name: "pure", include: PURE, isolate: false } },
      { extends: true, test: { name: "whole", include: ["test/**/*.test.ts"], exclude: PURE } },
    ],
  },
});
