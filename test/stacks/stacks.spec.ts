import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { rules } from "../../components/mesh/check";
import {
  type Finding,
  formatProblem,
  Severity,
  type TopologyDescription,
} from "../../components/topology";
import { ask } from "../support/rules";
import { patterns, stackFiles, topologyOf } from "../support/topologies";

const ROOT = join(__dirname, "../..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

function problemsOf(description: TopologyDescription): Finding[] {
  return ask(rules, topologyOf(description)).filter(
    ({ severity }) => severity === Severity.Problem,
  );
}

const BUILT = [
  "01-single-cluster",
  "01-single-cluster-ambient",
  "02-multi-primary-different-networks",
  "02-multi-primary-different-networks-ambient",
  "02-multi-primary-same-network",
  "02-multi-primary-same-network-routed-vpcs",
  "02-primary-remote-different-networks",
  "02-primary-remote-same-network",
  "03-ecs-ztunnel",
  "03-external-istiod-kubernetes",
  "03-mixed",
  "03-vm-ambient",
  "03-vm-different-network",
  "03-vm-same-network",
  "04-multi-mesh",
  "05-tenancy-cluster",
  "05-tenancy-mesh",
  "05-tenancy-namespace",
];

describe("stack files", () => {
  it("are one per pattern", () => {
    assert.deepEqual(Object.keys(stackFiles).sort(), BUILT);
  });

  it("are all in the README that says which to pick", () => {
    const links = [...read("stacks/README.md").matchAll(/\]\((0[^)]*)\.yaml\)/g)];
    assert.deepEqual(links.map(([, name]) => name).sort(), BUILT);
  });

  for (const name of BUILT) {
    describe(name, () => {
      const text = read(`stacks/${name}.yaml`);

      it("names its schema and says in two or three lines what it builds", () => {
        const [schema, ...lines] = text.split("\n");
        const comments = lines.slice(0, lines.indexOf("config:"));
        assert.equal(schema, "# yaml-language-server: $schema=schema/stack.schema.json");
        assert.ok(comments.length >= 2 && comments.length <= 3);
        assert.ok(comments.every((line) => /^# .{20,}/.test(line)));
      });

      it("says a region, and not who reaches the API servers", () => {
        const { config } = stackFiles[name];
        assert.deepEqual(Object.keys(config), ["aws:region", "istio-patterns:topology"]);
        assert.match(String(config["aws:region"]), /^[a-z]+-[a-z]+-\d$/);
        assert.equal(Object.hasOwn(config["istio-patterns:topology"], "api"), false);
      });

      it("misses nothing else", () => {
        const problems = problemsOf(stackFiles[name].config["istio-patterns:topology"]);
        assert.deepEqual(problems.map(formatProblem), [
          "api: got nothing; allowed: { allowFrom: [<CIDR>, ...] }, or { private: { cidrs: [<CIDR>, ...] } } where Pulumi runs inside the network; fix: `pulumi config set --path 'istio-patterns:topology.api.allowFrom[0]' '<your address>/32'`",
        ]);
        assert.deepEqual(problemsOf(patterns[name]), []);
      });
    });
  }
});

describe("Pulumi.dev.yaml", () => {
  it("is the smallest pattern", () => {
    assert.deepEqual(parseYaml(read("Pulumi.dev.yaml")), stackFiles["01-single-cluster"]);
  });
});

describe("the project", () => {
  it("starts at index.ts and describes its config", () => {
    const project = parseYaml(read("Pulumi.yaml"));
    assert.equal(project.name, "istio-patterns");
    assert.equal(project.runtime.name, "nodejs");
    assert.equal(project.main, "./index.ts");
    assert.deepEqual(Object.keys(project.config), ["istio-patterns:topology"]);
    assert.equal(project.config["istio-patterns:topology"].type, "object");
  });

  it("is a source-based plugin too", () => {
    assert.deepEqual(parseYaml(read("PulumiPlugin.yaml")), { runtime: "nodejs" });
  });
});
