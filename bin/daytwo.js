#!/usr/bin/env node
// Plain JavaScript that any Node can read, so that an old one is told what it lacks instead of failing to parse.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `daytwo needs Node.js 22.18 or newer and this is ${process.version}: install a newer one from https://nodejs.org, or use npx daytwo in a checkout.`,
  );
  process.exit(2);
}
const { existsSync } = await import("node:fs");
// A checkout runs its sources as they are; the published package carries JavaScript.
const source = new URL("../src/entry/main.ts", import.meta.url);
await import(existsSync(source) ? source.href : new URL("../dist/entry/main.js", import.meta.url).href);
