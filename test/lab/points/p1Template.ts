import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { buildSync } from "esbuild";
import { parse, stringify } from "yaml";
import { only, type Check } from "../run/check";
import { failure } from "../run/cli";
import { tree } from "../run/project";
import type { Session } from "../run/session";

const TEMPLATE = path.join(tree, "examples/stack-file");

/** A folder with nothing in it but where the CLI keeps its own. */
function emptyFolder({ work }: Session): string {
  const folder = path.join(work, "template");
  for (const own of ["state", "tmp"]) fs.mkdirSync(path.join(folder, own), { recursive: true });
  return folder;
}

/** The program as it was made, with the package of this tree in it: npm, which would bring it, is not here. */
function installPackage(project: string): void {
  buildSync({
    entryPoints: [path.join(project, "index.ts")],
    outfile: path.join(project, "index.js"),
    alias: { "istio-patterns/program": path.join(tree, "components/mesh/program.ts") },
    bundle: true,
    external: ["@pulumi/*", "cidr-tools", "fastest-levenshtein", "semver", "zod"],
    platform: "node",
    format: "cjs",
    target: "node22",
  });
  fs.symlinkSync(path.join(tree, "node_modules"), path.join(project, "node_modules"));
  fs.writeFileSync(path.join(project, "package.json"), JSON.stringify({ main: "index.js" }));
  const file = path.join(project, "Pulumi.yaml");
  const settings = parse(fs.readFileSync(file, "utf8"));
  settings.runtime.options.typescript = false;
  fs.writeFileSync(file, stringify(settings));
}

const taken: Check = {
  key: "template",
  whole: true,
  point: 1,
  title:
    "`pulumi new` makes a project and a stack of the template, and its program asks for what it leaves open",
  skip: only("01-single-cluster"),
  async run(session) {
    const folder = emptyFolder(session);
    const backend = { PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}` };
    const cli = session.cliIn(folder, "", "logs/template");
    const pulumi = (...args: string[]) =>
      cli.start("pulumi", ["--non-interactive", "--color", "never", ...args], args[0], backend);
    const given = ["--offline", "--yes", "--name", "shop", "--stack", "dev", "--dir", "shop"];
    const made = await pulumi("new", TEMPLATE, ...given);
    assert.equal(made.code, 0, failure(made));
    const project = path.join(folder, "shop");
    const written = (file: string) => parse(fs.readFileSync(path.join(project, file), "utf8"));
    assert.equal(written("Pulumi.yaml").name, "shop");
    const { config } = parse(fs.readFileSync(path.join(TEMPLATE, "Pulumi.dev.yaml"), "utf8"));
    assert.deepEqual(written("Pulumi.dev.yaml").config, config);
    installPackage(project);
    const asked = await pulumi("preview", "--cwd", project, "--stack", "dev");
    assert.notEqual(asked.code, 0);
    assert.match(
      asked.output,
      /istio-patterns:topology has 1 problem:\s+api: got nothing;.*fix: `pulumi config set --path/,
      failure(asked),
    );
  },
};

export const templateChecks = [taken] as const satisfies readonly Check[];
