import assert from "node:assert/strict";
import type { MeshTopologyArgs } from "../../components";
import type { TrustDescription } from "../../components/topology";
import { floor, floorOf, istiods, remotes } from "../support/graph";
import type { Values } from "../../engine";
import type { Graph } from "../support/graph";
import { patterns } from "../support/topologies";
import { movingRemotes, providedRoot } from "../support/variants";
import { REGION, run } from "./own";

const MULTI_PRIMARY = "02-multi-primary-different-networks";
const SECRET = "kubernetes:core/v1:Secret";
const TAG_WEBHOOKS = "kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration";

const both = { default: {}, next: { secret: "meshRoot" } };
/** Each step of a rotation, from the first root to the next. */
const steps: Record<string, TrustDescription> = {
  before: {},
  add: { roots: both, signing: "default" },
  sign: { roots: both, signing: "next" },
  remove: { roots: { next: both.next } },
};

const descriptions: typeof patterns = { ...patterns, "tags of revisions": movingRemotes };

function build(pattern: string, trust: TrustDescription): Promise<Graph> {
  const topology = { ...descriptions[pattern], trust };
  const args: MeshTopologyArgs = { topology, secrets: { meshRoot: providedRoot } };
  return run({ mesh: args }, { config: REGION });
}

/** The bytes of `root-cert.pem` of every istiod, as they stand in its Secret. */
function bundlesIn(graph: Graph): string[] {
  const secrets = graph.ofType(SECRET).filter(({ inputs }) => inputs.metadata.name === "cacerts");
  return secrets.map(({ inputs }) => inputs.data["root-cert.pem"]);
}

const rollOf = (graph: Graph) => [
  ...new Set(istiods(graph).map(({ inputs }) => inputs.values.podAnnotations)),
];

describe("the roots of a mesh at each step of a rotation", () => {
  for (const pattern of [
    MULTI_PRIMARY,
    "02-primary-remote-different-networks",
    "03-external-istiod-kubernetes",
    "01-single-cluster-ambient",
    "tags of revisions",
  ]) {
    it(`are one bundle in cacerts and in all webhooks: ${pattern}`, async () => {
      for (const [step, trust] of Object.entries(steps)) {
        const graph = await build(pattern, trust);
        const [bundle, ...others] = new Set(bundlesIn(graph));
        assert.deepEqual(others, [], step);
        const values = [...istiods(graph), ...remotes(graph)].map(({ inputs }) => inputs.values);
        assert.ok(values.length > 0);
        for (const { istiodRemote } of values)
          assert.equal(istiodRemote.injectionCABundle, bundle, step);
        const all = graph.resources.flatMap(({ inputs }) => {
          const validation = inputs.values?.base?.validationCABundle;
          const own = (inputs.webhooks ?? []).map(
            ({ clientConfig }: Values) => clientConfig.caBundle,
          );
          return validation === undefined ? own : [validation, ...own];
        });
        assert.deepEqual([...new Set(all)], [bundle], step);
        const hasTags = descriptions[pattern].istio?.tags !== undefined;
        assert.equal(graph.ofType(TAG_WEBHOOKS).length > 0, hasTags);
      }
    });
  }

  it("roll every istiod once a step, and hold no secret", async () => {
    const seen = await Promise.all(
      Object.values(steps).map(async (trust) => {
        const graph = await build(MULTI_PRIMARY, trust);
        floor(graph, 2);
        for (const release of istiods(graph))
          assert.deepEqual(release.secrets, [], "values that a reader should see");
        const annotations = rollOf(graph).map((one) => JSON.stringify(one));
        const [annotation, ...others] = new Set(annotations);
        assert.deepEqual(others, []);
        assert.match(annotation, /^\{"istio-patterns\/roots":"[0-9a-f]{64}"\}$/);
        return annotation;
      }),
    );
    assert.equal(new Set(seen).size, seen.length);
  });

  it("touch releases of chart istiod, and of base where it validates, alone", async () => {
    const before = await build(MULTI_PRIMARY, steps.before);
    floor(before, 2);
    const values = (graph: Graph) =>
      new Map(
        graph
          .ofType("kubernetes:helm.sh/v3:Release")
          .map(({ name, inputs }) => [name, JSON.stringify(inputs)]),
      );
    const [old, added] = [values(before), values(await build(MULTI_PRIMARY, steps.add))];
    const touched = [...added].filter(([name, text]) => old.get(name) !== text);
    const names = ["east", "west"].flatMap((cluster) => [
      `mesh-prod-${cluster}-istio-base`,
      `mesh-prod-${cluster}-istio-istiod`,
    ]);
    assert.deepEqual(touched.map(([name]) => name).sort(), names);
    assert.ok(added.size > names.length);
  });

  it("are put out as they are accepted", async () => {
    const graph = await build(MULTI_PRIMARY, steps.sign);
    floorOf(graph, SECRET, 4);
    const { rootCertificates } = graph.one("istio-patterns:index:MeshTopology").outputs;
    const [bundle] = bundlesIn(graph);
    assert.equal(rootCertificates.prod, Buffer.from(bundle, "base64").toString());
    assert.equal(rootCertificates.prod.match(/BEGIN CERTIFICATE/g).length, 2);
  });
});
