import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { DESCRIPTION_KEY } from "../components/topology";
import { mapValues } from "../components/records";
import { Graph } from "../engine";
import type { RunOptions } from "../engine";
import { floor, releases, resourceSet } from "./support/graph";
import { compiled, consumer, exampleJson, examples, OUT, ROOT } from "./support/consumer";

const ALLOWED = ["203.0.113.7/32"];
const NETWORK_STACK = "acme/network/prod";

/** What a user would say for the keys of config without a default. */
const said: Record<string, string> = {
  allowFrom: JSON.stringify(ALLOWED),
  networkStack: NETWORK_STACK,
};

/** What each example is there to show. */
const claims: Record<string, (graph: Graph) => void> = {
  "stack-file": (graph) => {
    floor(graph, 1);
    assert.equal(Object.keys(graph.outputs).length, 8);
    const [cluster] = graph.ofType("eks:index:Cluster");
    // Of the stack's name, since the description has none.
    assert.match(cluster!.inputs.name, /-main$/);
  },
  "whole-topology": (graph) => {
    floor(graph, 2);
    assert.equal(releases(graph, "gateway").length, 4);
    assert.deepEqual(Object.keys(graph.outputs).sort(), [
      ...["clusters", "gatewayAddresses", "kubeconfigs", "rootCertificates", "securityGroups"],
      ...["trustDomains", "vpcs"],
    ]);
    assert.deepEqual(Object.keys(graph.outputs.vpcs), ["net-east", "net-west"]);
  },
  "single-components": (graph) => {
    floor(graph, 1);
    assert.deepEqual(graph.ofType("istio-patterns:index:MeshTopology"), []);
    assert.equal(graph.parentOf(graph.one("aws:ec2/vpc:Vpc"))?.type, "pulumi:pulumi:Stack");
    const [istiod] = releases(graph, "istiod");
    const [gateway] = releases(graph, "gateway");
    const cacerts = graph.one("kubernetes:core/v1:Secret", "istio-system-cacerts");
    assert.ok(graph.dependsOn(istiod, cacerts));
    assert.ok(graph.dependsOn(gateway, istiod));
    const nodes = graph.one("istio-patterns:index:AutoModeNodes");
    assert.ok(graph.dependsOn(istiod, nodes));
    assert.ok(graph.dependsOn(nodes, graph.one("aws:ec2/natGateway:NatGateway")));
    const { provider } = istiod;
    assert.deepEqual([gateway.provider, cacerts.provider], [provider, provider]);
    assert.equal(graph.parentOf(graph.get(provider!))?.type, "istio-patterns:index:EksCluster");
    for (const rule of graph.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")) {
      assert.notEqual(rule.inputs.cidrIpv4, "0.0.0.0/0");
    }
  },
  "own-providers": (graph) => {
    floor(graph, 1);
    const provider = graph.one("pulumi:providers:aws");
    assert.equal(provider.name, "ireland");
    const ofAws = graph.resources.filter(({ type }) => type.startsWith("aws:"));
    assert.ok(ofAws.length >= 2, `${ofAws.length} resources of AWS`);
    for (const made of ofAws) assert.equal(made.provider, provider.urn, made.urn);
    assert.deepEqual(graph.ofType("aws:ec2/vpc:Vpc"), []);
    const cluster = graph.one("eks:index:Cluster");
    assert.equal(cluster.providers.aws, provider.urn);
    const { vpcId, privateSubnetIds } = cluster.inputs;
    assert.deepEqual([vpcId, privateSubnetIds], ["vpc-1", ["subnet-1", "subnet-2"]]);
  },
  transforms: (graph) => {
    floor(graph, 1);
    const { tags } = graph.one("aws:kms/key:Key").inputs;
    assert.equal(tags.classification, "secret");
    const { inputs } = graph.one("aws:eks/nodeGroup:NodeGroup");
    assert.deepEqual(inputs.nodeRepairConfig, { enabled: true });
    assert.equal(inputs.scalingConfig.minSize, 2);
  },
  "own-tests": (graph) => {
    floor(graph, 1);
    assert.equal(releases(graph, "gateway").length, 1);
    assert.deepEqual(Object.keys(graph.outputs).sort(), ["gatewayAddresses", "kubeconfigs"]);
  },
};

let graphs: Record<string, { known: Graph; unknown: Graph }>;

describe("the examples", function () {
  // They wait for npm and the compiler: see the package's spec.
  this.timeout(1_200_000);

  before(async () => {
    await compiled;
    graphs = runAll();
  });

  it("are all claimed to show something", () => {
    assert.deepEqual(Object.keys(claims).sort(), examples);
  });

  for (const name of examples) {
    describe(name, () => {
      it("makes what it is there for, and API servers that only those may call whom config says", () => {
        const { known } = graphs[name];
        const clusters = known.ofType("eks:index:Cluster");
        assert.ok(clusters.length >= 1);
        for (const { inputs } of clusters) {
          // Beside them only single addresses: those that the other cluster's istiod comes from.
          const isOne = (cidr: string) => cidr.endsWith("/32");
          assert.ok(inputs.publicAccessCidrs.includes(ALLOWED[0]));
          assert.ok(inputs.publicAccessCidrs.every(isOne), inputs.publicAccessCidrs.join());
        }
        claims[name](known);
      });

      it("makes the same in a preview, and puts kubeconfigs out as secrets", () => {
        const { known, unknown } = graphs[name];
        assert.deepEqual(resourceSet(unknown), resourceSet(known));
        const kubeconfigs = Object.keys(known.outputs).filter((key) => /^kubeconfig/.test(key));
        assert.equal(kubeconfigs.length, 1);
        assert.ok(known.outputSecrets.includes(kubeconfigs[0]), known.outputSecrets.join());
      });

      it("imports the package itself and what its package.json says, in the package's own ranges", () => {
        const { dependencies, devDependencies } = exampleJson(name, "package.json");
        const own = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
        const known = { ...own.dependencies, ...own.devDependencies };
        const { "istio-patterns": range, ...others } = { ...dependencies, ...devDependencies };
        assert.equal(range, `^${own.version}`);
        for (const [each, wanted] of Object.entries(others))
          assert.equal(wanted, known[each], each);
        const imported = new Set(
          importsOf(name).map((from) => from.replace(/\/(testing|program)$/, "")),
        );
        assert.deepEqual([...imported].sort(), Object.keys(dependencies).sort());
      });

      it("is compiled strictly, the types of what it imports too", () => {
        const { compilerOptions, extends: base } = exampleJson(name, "tsconfig.json");
        assert.deepEqual([compilerOptions.strict, base], [true, undefined]);
        assert.ok(!("skipLibCheck" in compilerOptions));
        const { types, ...options } = compilerOptions;
        const { types: all, ...others } = exampleJson("own-tests", "tsconfig.json").compilerOptions;
        assert.deepEqual(options, others);
        assert.ok(types.every((each: string) => all.includes(each)));
      });
    });
  }

  it("have tests of their own that pass, and fail where the mesh is not what they say", async () => {
    const own = join(consumer, "examples/own-tests");
    const wrong = join(consumer, "examples/wrong");
    cpSync(own, wrong, { recursive: true });
    const program = readFileSync(join(own, "index.ts"), "utf8")
      .replace("Exposure.Internal", "Exposure.Internet")
      .replace("transforms: [protectKeys]", "");
    writeFileSync(join(wrong, "index.ts"), program);
    const [passed, failed] = await Promise.all([own, wrong].map(npmTest));
    assert.match(passed, /\b5 passing/);
    assert.doesNotMatch(passed, /failing/);
    assert.match(failed, /\b3 passing[^]*\b2 failing/);
    assert.match(failed, /\d\) has no gateway that the internet reaches/);
    assert.match(failed, /\d\) protects the key/);
  });
});

/** What `npm test` prints, whether it passes or not. */
async function npmTest(cwd: string): Promise<string> {
  const run = promisify(execFile)("npm", ["test"], { cwd });
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  return stdout;
}

/** Graphs of all examples by what is known, from one process. */
function runAll(): typeof graphs {
  const options = Object.fromEntries(examples.map((name) => [name, optionsOf(name)]));
  const output = execFileSync(
    process.execPath,
    [`${OUT}/runExamples.js`, JSON.stringify(options)],
    { cwd: consumer, encoding: "utf8", maxBuffer: 2 ** 27 },
  );
  const graph = ({ resources, calls, messages }: Graph) => new Graph(resources, calls, messages);
  return mapValues(JSON.parse(output) as typeof graphs, ({ known, unknown }) => ({
    known: graph(known),
    unknown: graph(unknown),
  }));
}

/** The config of its Pulumi.yaml, and what it leaves to the user to say. */
function optionsOf(name: string): RunOptions {
  const project = parse(readFileSync(join(ROOT, "examples", name, "Pulumi.yaml"), "utf8"));
  assert.equal(project.name, name);
  const config = Object.entries(project.config ?? {}).map(([key, value]) =>
    typeof value === "string" ? [key, value] : [`${name}:${key}`, said[key]],
  );
  const network = { vpcId: "vpc-1", subnetA: "subnet-1", subnetB: "subnet-2" };
  return {
    config: { ...Object.fromEntries(config), ...stackConfigOf(name) },
    stackOutputs: { [NETWORK_STACK]: network },
  };
}

/** The config of its stack file, where it has one, with who may call the API servers. */
function stackConfigOf(name: string): Record<string, string> {
  const file = join(ROOT, "examples", name, "Pulumi.dev.yaml");
  if (!existsSync(file)) return {};
  const { [DESCRIPTION_KEY]: description, ...others } = parse(readFileSync(file, "utf8")).config;
  const api = { allowFrom: ALLOWED };
  return { ...others, [DESCRIPTION_KEY]: JSON.stringify({ api, ...description }) };
}

/** Packages that its files import, each once. */
function importsOf(name: string): string[] {
  const folder = join(ROOT, "examples", name);
  const sources = readdirSync(folder).filter((file) => file.endsWith(".ts"));
  const texts = sources.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
  const all = [...texts.matchAll(/from "([^"]+)"/g)].map(([, from]) => from);
  return all.filter((from) => !/^(\.|node:)/.test(from));
}
