import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import assert from "node:assert/strict";
import { stringify } from "yaml";
import type { TopologyDescription } from "../../../components/topology";
import { stackFiles } from "../../support/topologies";
import { skipped } from "../run/check";
import { tree } from "../run/project";
import { StackFile } from "../run/stackFile";
import { checksOf } from ".";
import { demandMatrix } from "./matrix";

const work = fs.mkdtempSync(path.join(os.tmpdir(), "matrix-"));
const copy = path.join(work, "copy.yaml");

const patternOf = (source: string) => new StackFile(source, copy, "lab", "/charts").pattern;

/** A file that somebody wrote, with names of its own. */
function given(change: (description: TopologyDescription) => void = () => undefined) {
  const description: TopologyDescription = {
    istio: { revisions: { spring: { version: "1.31.1" } }, tags: { default: "spring" } },
    networks: { core: { cidr: "10.30.0.0/16" }, edge: { cidr: "10.40.0.0/16" } },
    clusters: { fra: { network: "core" }, ber: { network: "edge" } },
    meshes: { shop: { controlPlane: { runsIn: ["fra"] }, clusters: { fra: {}, ber: {} } } },
  };
  change(description);
  const file = path.join(work, "02-multi-primary-same-network.yaml");
  const config = { "aws:region": "eu-central-1", "istio-patterns:topology": description };
  fs.writeFileSync(file, stringify({ config }));
  return patternOf(file);
}

/** Reasons by check, but for what is shown once, and for machines and tasks, which none of these has. */
function silent(pattern: ReturnType<typeof given>): Record<string, string> {
  const all = checksOf(pattern).map((check) => [check.key, skipped(check, pattern)]);
  return Object.fromEntries(
    all.filter(([, reason]) => reason && !["elsewhere", "noMachines", "noTasks"].includes(reason)),
  );
}

describe("what the lab shows of a stack file", () => {
  after(() => fs.rmSync(work, { recursive: true }));

  for (const name of Object.keys(stackFiles))
    it(`is all but what the table says of ${name}`, () => {
      const pattern = patternOf(path.join(tree, "stacks", `${name}.yaml`));
      assert.equal(pattern.kind, "shipped");
      demandMatrix(checksOf(pattern), pattern);
    });

  for (const name of ["upgrade", "rotation", "ambient-meshes"])
    it(`is every step of the walk ${name}`, () => {
      const pattern = patternOf(path.join(tree, "test/lab/stacks", `${name}.yaml`));
      assert.equal(pattern.kind, "walked");
      demandMatrix(checksOf(pattern), pattern);
    });

  it("follows from what anybody's describes, whatever it is called", () => {
    const pattern = given();
    assert.equal(pattern.kind, "given");
    demandMatrix(checksOf(pattern), pattern);
    assert.deepEqual(silent(pattern), {
      ztunnels: "sidecar",
    });
  });

  it("has its reason where a check looks at one mesh, revision or list alone", () => {
    const reasonsOf = (change: (description: TopologyDescription) => void) =>
      new Set(Object.values(silent(given(change))));
    const has = (reason: string, change: (description: TopologyDescription) => void) =>
      assert.ok(reasonsOf(change).has(reason), reason);
    has("severalRevisions", ({ istio, meshes }) => {
      istio!.revisions!.summer = { version: "1.31.1" };
      meshes.shop.revision = "summer";
    });
    has("notDefault", ({ istio }) => delete istio!.tags);
    has("permissive", ({ meshes }) => (meshes.shop.mtls = "permissive"));
    has("ownApi", ({ clusters }) => (clusters.ber.api = { allowFrom: ["192.0.2.0/24"] }));
    has("transit", (description) => (description.links = { via: "transit-gateway" }));
    has("noRoom", ({ clusters }) => (clusters.added = { network: "core" }));
    has("openToAll", ({ meshes }) => {
      meshes.shop.ingress = { web: { clusters: ["ber"], exposure: "internet" } };
    });
  });

  it("is of the whole alone where there are several meshes", () => {
    const pattern = given(({ meshes }) => {
      meshes.shop = { clusters: { fra: {} } };
      meshes.till = { clusters: { ber: {} } };
    });
    const said = checksOf(pattern).filter((check) => skipped(check, pattern) === undefined);
    assert.deepEqual(
      said.map(({ key }) => key),
      ["up", "quiet", "verified", "asked", "sealed", "auto-nodes", "closed", "refused", "emptied"],
    );
  });

  it("is refused where the lab has not what it asks for", () => {
    assert.throws(
      () => given(({ clusters }) => (clusters.ber.nodes = { kind: "managed" })),
      /02-multi-primary-same-network\.yaml: the lab has no\n {2}managed nodes \(clusters\.ber\.nodes\)$/,
    );
  });
});
