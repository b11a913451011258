/** How this command is called, for what it tells to type: in a checkout and in a project it is on no path. */
const [, file = ""] = process.argv;

export const CALLED = file.endsWith("cli/main.ts")
  ? "npx tsx cli/main.ts"
  : `${file.endsWith("node_modules/.bin/istio-patterns") ? "npx " : ""}istio-patterns`;
