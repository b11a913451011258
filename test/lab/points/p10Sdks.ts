import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { committedLines } from "../../urns/contract";
import { brokenAt, certificatesOf } from "../run/certificates";
import { only, type Check } from "../run/check";
import { failure, type Cli } from "../run/cli";
import { tree } from "../run/project";
import type { Session } from "../run/session";
import { placesOf, stackFileOf, writePlugin, writePythonProject } from "../sdks/project";
import { demandSealed } from "./p8State";
import { demandEmpty, stateOf } from "./p9Destroy";

const pattern = "01-single-cluster";
const once = only(pattern);

function cliOf(session: Session): Cli {
  const { project } = placesOf(session.work);
  return session.cliIn(project, stackFileOf(project), "logs/sdks");
}

/** Runs a program to its good end. */
async function demand(cli: Cli, program: string, args: string[], environment?: NodeJS.ProcessEnv) {
  const outcome = await cli.start(program, args, path.basename(program), environment);
  assert.equal(outcome.code, 0, `${program} ${args.join(" ")} ended with ${failure(outcome)}`);
  return outcome;
}

const schemaOf = ({ work }: Session) =>
  JSON.parse(fs.readFileSync(placesOf(work).schema, "utf8")) as { resources: object };

/** Names of the components that the schema describes. */
const componentsOf = (session: Session): string[] =>
  Object.keys(schemaOf(session).resources).map((token) => token.split(":")[2]);

const served: Check = {
  key: "served",
  point: 10,
  title: "the engine starts a checkout as a plugin, and its schema becomes SDKs",
  skip: once,
  async run(session) {
    const { folder, plugin, schema } = placesOf(session.work);
    writePlugin(plugin);
    writePythonProject(session);
    const cli = cliOf(session);
    const { stdout } = await cli.demand("package", "get-schema", plugin);
    fs.writeFileSync(schema, stdout);
    assert.ok(componentsOf(session).includes("MeshTopology"), "expected MeshTopology in it");
    await demand(cli, "write-sdks", [schema, folder]);
  },
};

/** Registers nothing: the documented program is only to find what it names. */
const mocks = `
import pulumi
class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return [args.name, args.inputs]
    def call(self, args):
        return {}
pulumi.runtime.set_mocks(Mocks())
`;

/** The documentation's program in Python. */
function documented(): string {
  const page = fs.readFileSync(path.join(tree, "docs/package.md"), "utf8");
  const [, program] = /```python\n([^`]+)```/.exec(page) ?? [];
  assert.ok(program, "expected a program in Python in docs/package.md");
  return program;
}

/** Where the SDK is, for the lab's own Python. */
const search = ({ work }: Session) => ({ PYTHONPATH: placesOf(work).packages });

const pythonSdk: Check = {
  key: "python-sdk",
  point: 10,
  title:
    "pip installs the SDK for Python, which has every component and what the documentation names",
  skip: once,
  async run(session) {
    const cli = cliOf(session);
    const { python, packages } = placesOf(session.work);
    const interpreter = session.machine.options.tools.python;
    // What it needs is installed: nothing here reaches a registry.
    const pip = ["-m", "pip", "install", "--no-index", "--no-deps", "--no-build-isolation"];
    await demand(cli, interpreter, [...pip, "--target", packages, python]);
    const list = "import pulumi_istio_patterns as sdk; print(*dir(sdk))";
    const { stdout } = await demand(cli, interpreter, ["-c", list], search(session));
    const names = stdout.trim().split(" ");
    const missing = componentsOf(session).filter((name) => !names.includes(name));
    assert.deepEqual(missing, [], "expected every component in the SDK for Python");
    await demand(cli, interpreter, ["-c", mocks + documented()], search(session));
  },
};

const goSdk: Check = {
  key: "go-sdk",
  point: 10,
  title: "the SDK for Go compiles",
  skip: once,
  async run(session) {
    const { go } = placesOf(session.work);
    const tool = path.join(__dirname, "../tools/sdks");
    const made = fs.readFileSync(path.join(go, "go.mod"), "utf8");
    const [, module] = /^module (\S+)$/m.exec(made) ?? [];
    assert.ok(module, "expected the SDK to be a module");
    for (const file of ["go.mod", "go.sum"])
      fs.copyFileSync(path.join(tool, file), path.join(go, file));
    // The modules of the tool, with its flags: they are there, and compiled.
    const flags = "-mod=mod -trimpath -buildvcs=false -tags=osusergo,grpcnotrace";
    const environment = { GOFLAGS: flags, GOPROXY: "off", GOTOOLCHAIN: "local", CGO_ENABLED: "0" };
    const cli = cliOf(session);
    await demand(cli, "go", ["-C", go, "mod", "edit", `-module=${module}`], environment);
    await demand(cli, "go", ["-C", go, "build", "./..."], environment);
  },
};

/** What the program of the pattern builds too: its lines of the URN contract, with the name of this mesh. */
async function demandPattern(cli: Cli): Promise<void> {
  const lines = committedLines(pattern).filter((line) => !line.startsWith("pulumi:pulumi:Stack"));
  const expected = lines.map((line) => line.replace(/ {2}dev/, "  lab"));
  const state = await stateOf({ cli });
  const built = state.map(({ urn }) => urn.split("::").slice(2).join("  "));
  const missing = expected.filter((line) => !built.includes(line));
  assert.deepEqual(missing, [], "expected all that the program of the pattern builds");
}

async function demandOutputs(cli: Cli): Promise<void> {
  const command = ["stack", "output", "--json", "--stack", cli.options.stack];
  const sealed = JSON.parse((await cli.demand(...command)).stdout);
  assert.equal(sealed.privateKey, "[secret]", "expected the private key to be a secret");
  assert.equal(sealed.kubeconfigs, "[secret]", "expected kubeconfigs to be secrets");
  const shown = JSON.parse((await cli.demand(...command, "--show-secrets")).stdout);
  assert.match(shown.privateKey, /^-----BEGIN [A-Z ]*PRIVATE KEY-----/);
  assert.deepEqual(Object.keys(shown.kubeconfigs), ["main"]);
  assert.deepEqual(shown.trustDomains, { dev: "cluster.local" });
  const [root] = certificatesOf(shown.root);
  const chain = certificatesOf(shown.chain);
  assert.equal(chain.length, 2, "expected the intermediate and its root");
  assert.equal(brokenAt(chain, root), undefined);
  const [other] = certificatesOf(shown.rootCertificates.dev);
  assert.ok(!other.raw.equals(root.raw), "expected the mesh to have a root of its own");
}

const pythonProgram: Check = {
  key: "python-program",
  point: 10,
  title: "a program in Python builds the pattern through it, finds no drift, and leaves nothing",
  skip: once,
  async run(session) {
    const cli = cliOf(session);
    const { machine } = session;
    const program = path.join(__dirname, "../sdks/up.py");
    await demand(cli, machine.options.tools.python, [program], search(session));
    await demandPattern(cli);
    await demandOutputs(cli);
    await demandSealed(cli, machine);
    await demandEmpty({ cli, machine });
  },
};

export const sdkChecks = [
  served,
  pythonSdk,
  goSdk,
  pythonProgram,
] as const satisfies readonly Check[];
