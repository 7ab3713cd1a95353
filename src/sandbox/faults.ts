/**
 * - `drop-before`: the connection breaks and nothing was done
 * - `drop-after-commit`: it was done, and the connection breaks before the answer
 * - `status`: the forge answers this instead of doing it
 */
type FaultKind = "drop-before" | "drop-after-commit" | "status";

export interface Fault {
  /** Tried on `METHOD /path?query`, the path without the API root. */
  readonly match: RegExp;
  readonly kind: FaultKind;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object goes as JSON, a text as HTML. */
  readonly body?: unknown;
  /** How often it strikes; once unless told. */
  readonly times?: number;
}

/** Faults that wait for a request to strike, in the order they were set. */
export class Faults {
  readonly #waiting: { fault: Fault; left: number }[] = [];

  /** The next request that matches meets this fault. */
  next(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  /** Faults that have not struck as often as they were told to. */
  get pending(): number {
    return this.#waiting.length;
  }

  take(request: string): Fault | null {
    const index = this.#waiting.findIndex(({ fault }) => fault.match.test(request));
    const found = this.#waiting[index];
    if (!found) return null;
    found.left -= 1;
    if (found.left <= 0) this.#waiting.splice(index, 1);
    return found.fault;
  }
}
