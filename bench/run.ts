/** `npm run bench -- NAME`: prints measurements side by side. Nothing here passes or fails. */
const NAMES = ["requests", "intake", "board"] as const;
const name = process.argv[2];
if (!NAMES.some((one) => one === name)) {
  console.error(`Which benchmark? npm run bench -- ${NAMES.join(" | ")}`);
  process.exitCode = 2;
} else {
  await import(`./${name}.ts`);
}
