/** `daytwo serve`: the webhook app, until it is told to stop. */
import { StoreError } from "../../run/inbox/inbox.ts";
import { startApp } from "../app/app.ts";
import { EXIT, type Io } from "../io.ts";

export interface ServeOptions {
  readonly config?: string;
}

/** What ends a process. */
export interface Ending {
  /** Calls `told` each time the process is asked to end. @returns what stops that */
  onSignal(told: () => void): () => void;
  exit(code: number): void;
}

/** What runs may take this long to finish. */
export const DRAIN_MS = 30_000;
/** Told twice to stop, it stops at once: as a shell says of SIGINT. */
export const INTERRUPTED = 130;

export const PROCESS: Ending = {
  onSignal(told) {
    for (const signal of SIGNALS) process.on(signal, told);
    return () => {
      for (const signal of SIGNALS) process.off(signal, told);
    };
  },
  exit: (code) => process.exit(code),
};
const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** Serves until SIGTERM or SIGINT, and then lets what runs finish. A second signal ends it at once. */
export async function serve(io: Io, options: ServeOptions, ending: Ending = PROCESS): Promise<number> {
  let told: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    told = resolve;
  });
  let signals = 0;
  const stop = ending.onSignal(() => {
    signals++;
    if (signals > 1) ending.exit(INTERRUPTED);
    told();
  });
  try {
    const app = await startApp(io, options);
    await asked;
    // What did not finish in time would keep the process alive.
    if (!(await app.drain(DRAIN_MS))) ending.exit(EXIT.done);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    io.err(`daytwo: ${error.message}\n`);
    return EXIT.failed;
  } finally {
    stop();
  }
}
