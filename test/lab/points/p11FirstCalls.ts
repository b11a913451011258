import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Json } from "../machine/kube";
import { only, type Check } from "../run/check";
import { failure, type Cli, type Outcome } from "../run/cli";
import { tree } from "../run/project";
import { removeNamespace } from "../run/workload";

const pattern = "02-multi-primary-different-networks";

/** Where the pods are that the page makes. */
const namespace = "shop";

/** The commands of the page that stand under a heading. */
function commandsUnder(heading: string): string {
  const page = fs.readFileSync(path.join(tree, "README.md"), "utf8");
  const [, block] = page.slice(page.indexOf(heading)).match(/^```sh\n([^]*?)^```$/m) ?? [];
  assert.ok(block, `README has no commands under ${heading}`);
  return block;
}

/** Runs the commands as they stand there, but for the names of stack and file. */
async function typed(cli: Cli, work: string, commands: string): Promise<Outcome> {
  const { folder, stack, configFile } = cli.options;
  const docs = path.join(folder, "docs");
  if (!fs.existsSync(docs)) fs.symlinkSync(path.join(tree, "docs"), docs);
  const here = commands
    .replaceAll("--stack demo", `--stack ${stack}`)
    .replaceAll("Pulumi.demo.yaml", configFile);
  // What a package's own command is, without a build of it.
  const npx = `npx() { shift; node --import tsx '${path.join(tree, "cli/main.ts")}' "$@"; }`;
  const script = ["set -e", npx, here].join("\n");
  const environment = { HOME: path.join(work, "first-calls"), KUBECONFIG: undefined };
  return cli.start("bash", ["-c", script], "first-calls", environment);
}

const first: Check = {
  key: "first-calls",
  point: 11,
  title:
    "README's first calls work as they stand there: kubeconfig, verify, a call to another cluster",
  skip: only(pattern),
  async run(session) {
    const { cli, work, members } = session;
    try {
      const outcome = await typed(cli, work, commandsUnder("### First calls"));
      assert.equal(outcome.code, 0, failure(outcome));
      const lines = outcome.stdout.split("\n");
      const pods = await session.cluster("west").kube.list(`/api/v1/namespaces/${namespace}/pods`);
      const echoes = pods
        .map(({ metadata }: Json) => metadata)
        .filter(({ labels }) => labels.app === "echo")
        .map(({ name }) => name);
      const isAnswered = echoes.some((name) => lines.some((line) => line.startsWith(name)));
      assert.ok(isAnswered, `expected one of ${echoes.join()}:\n${outcome.output}`);
    } finally {
      for (const name of members) await removeNamespace(session.cluster(name), namespace);
    }
  },
};

export const firstCallChecks = [first] as const satisfies readonly Check[];
