/**
 * What a step says to the runner: commands on stdout, files that it names in the environment.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";

/** Where an annotation stands. */
export interface Spot {
  readonly title?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly col?: number | undefined;
}

export interface Runner {
  /** Keeps a secret out of the log from here on. */
  mask(secret: string): void;
  error(message: string, spot?: Spot): void;
  warning(message: string, spot?: Spot): void;
  notice(message: string, spot?: Spot): void;
  /** Prints text that may hold what other people wrote: no line of it is taken for a command. */
  print(text: string): void;
  output(name: string, value: string): void;
  /** Adds Markdown to the page of the run. */
  summary(markdown: string): void;
}

/** @param out writes to stdout, in order */
export function createRunner(
  env: Readonly<Record<string, string | undefined>>,
  out: (text: string) => void,
): Runner {
  const command = (name: string, properties: Spot, data: string) => {
    const shown = Object.entries(properties)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
    out(`::${name}${shown.length > 0 ? ` ${shown.join(",")}` : ""}::${escapeData(data)}\n`);
  };
  const append = (variable: string, text: string) => {
    const file = env[variable];
    if (file) appendFileSync(file, text);
  };
  return {
    mask: (secret) => command("add-mask", {}, secret),
    error: (message, spot = {}) => command("error", spot, message),
    warning: (message, spot = {}) => command("warning", spot, message),
    notice: (message, spot = {}) => command("notice", spot, message),
    print(text) {
      if (text === "") return;
      // Nobody who wrote the text can know the word that ends it.
      const word = `daytwo-${randomUUID()}`;
      out(`::stop-commands::${word}\n${text.endsWith("\n") ? text : `${text}\n`}::${word}::\n`);
    },
    output(name, value) {
      const end = `daytwo-${randomUUID()}`;
      append("GITHUB_OUTPUT", `${name}<<${end}\n${value}\n${end}\n`);
    },
    summary: (markdown) => append("GITHUB_STEP_SUMMARY", markdown),
  };
}

// As @actions/core escapes them, which the runner undoes.
const escapeData = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapeProperty = (text: string): string =>
  escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
