/** Tests speak for the runtime the lockfile brings; a system Node older than that must not slip in. */
export default function setup(): void {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 18)) {
    throw new Error(
      `daytwo's tests need Node 22.18 or newer, this is ${process.version}: run them with npm test`,
    );
  }
}
