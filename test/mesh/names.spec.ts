/** Every name that the rules allow becomes names that AWS and Kubernetes take. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Graph, Registration } from "../support/graph";
import { runDescription } from "../support/program";
import { oneFrom } from "../support/places";
import { newestVersion } from "../../components/versions/istio";
import { DataPlane, Exposure, LinkVia, NodeKind } from "../../components/topology";
import type { TopologyDescription } from "../../components/topology";

/** Longest names that the rules allow: `name-length`, `istio-ingress-name`, `access-namespace-length`. */
const LONGEST = { topology: 20, label: 63, revision: 46, ingress: 39, externalMesh: 47 };

/** Names of a length that are alike for long. */
function names(length: number, first: string): fc.Arbitrary<string> {
  const middle = { minLength: length - 2, maxLength: length - 2 };
  return fc
    .string({ unit: fc.constantFrom("a", "a", "b", "-"), ...middle })
    .map((text) => `${first}${text}z`);
}

const label = (first: string) => names(LONGEST.label, first);

const spec = fc.record({
  topology: names(LONGEST.topology, "t"),
  network: label("n"),
  vpcs: fc.tuple(label("v"), label("w")),
  apart: label("o"),
  clusters: fc.tuple(label("c"), label("d"), label("e")),
  revision: names(LONGEST.revision, "r"),
  ingress: names(LONGEST.ingress, "g"),
  meshes: oneFrom("primaries", "remotes", "external"),
  mesh: label("m"),
  external: names(LONGEST.externalMesh, "m"),
  nodes: oneFrom(NodeKind.AutoMode, NodeKind.Managed),
  via: oneFrom(LinkVia.Peering, LinkVia.TransitGateway),
  isAmbient: fc.boolean(),
});
type Spec = typeof spec extends fc.Arbitrary<infer T> ? T : never;

/** As many tags as a rule allows, as long as they may be: a private zone takes fewer. */
const tagsOf = (meshes: Spec["meshes"]) =>
  Object.fromEntries(
    Array.from({ length: meshes === "primaries" ? 40 : 8 }, (_, number) => [
      `${"k".repeat(126)}${10 + number}`,
      "v".repeat(256),
    ]),
  );

/** Three clusters in three VPCs of two networks and accounts, with everything that is named after something. */
function describedBy(drawn: Spec): TopologyDescription {
  const { network, vpcs, apart, clusters, revision, ingress, meshes, nodes, via } = drawn;
  const kind = { nodes: { kind: nodes } };
  const [first, second, third] = clusters;
  const account = { roleArn: "arn:aws:iam::111122223333:role/deployer" };
  const vpc = { flowLogs: true, endpoints: ["s3", "sts"] };
  const runsIn = meshes === "primaries" ? [...clusters] : [first];
  const configCluster = meshes === "external" ? second : undefined;
  const members = meshes === "external" ? [second, third] : clusters;
  const isAmbient = drawn.isAmbient && meshes === "primaries";
  return {
    name: drawn.topology,
    tags: tagsOf(meshes),
    api: { allowFrom: ["192.0.2.1/32"] },
    links: { via },
    istio: { revisions: { [revision]: { version: newestVersion() } }, tags: { default: revision } },
    networks: {
      [network]: {
        vpcs: {
          [vpcs[0]]: { cidr: "10.10.0.0/16", ...vpc },
          [vpcs[1]]: { cidr: "10.20.0.0/16", ...vpc },
        },
      },
      [apart]: { cidr: "10.30.0.0/16", account, ...vpc },
    },
    clusters: {
      [first]: { network, vpc: vpcs[0], ...kind },
      [second]: { network, vpc: vpcs[1], ...kind },
      [third]: { network: apart, ...kind },
    },
    meshes: {
      [meshes === "external" ? drawn.external : drawn.mesh]: {
        dataPlane: isAmbient ? DataPlane.Ambient : DataPlane.Sidecar,
        experimental: isAmbient,
        controlPlane: { runsIn, configCluster },
        clusters: Object.fromEntries(members.map((name) => [name, { revision }])),
        ingress: { [ingress]: { clusters: members, exposure: Exposure.Internet } },
      },
    },
  };
}

/** Longest names in Kubernetes (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/); Helm's releases have 53. */
function longestOf({ type }: Registration): number {
  if (type === "kubernetes:helm.sh/v3:Release") return 53;
  return /:(Namespace|Service)$/.test(type) ? 63 : 253;
}

function assertKubernetesTakes(graph: Graph): void {
  const objects = graph.resources.filter(({ type }) => type.startsWith("kubernetes:"));
  assert.ok(objects.length > 20, `${objects.length} objects`);
  for (const object of objects) {
    const { name = "", metadata = {}, namespace = "" } = object.inputs;
    const own: string = metadata.name ?? name;
    assert.ok(own.length <= longestOf(object), `${object.type} ${own}`);
    assert.ok((metadata.namespace ?? namespace).length <= 63, `${object.type} ${own}`);
    for (const [key, value] of Object.entries<string>(metadata.labels ?? {}))
      assert.ok(value.length <= 63, `label ${key} of ${own}: ${value}`);
  }
}

/** The engine of these tests refuses what AWS would (`engine/refusals.ts`): here it must not. */
describe("the longest names that the rules allow", () => {
  const seen: Record<string, number> = {};
  let mostTags = 0;

  it("become names and tags that AWS takes, and names that Kubernetes takes", async () => {
    const claim = async (drawn: Spec) => {
      const graph = await runDescription(describedBy(drawn));
      const own = graph.resources.map(({ inputs }) => Object.keys(inputs.tags ?? {}).length);
      mostTags = Math.max(mostTags, ...own);
      for (const { type } of graph.resources) seen[type] = (seen[type] ?? 0) + 1;
      assertKubernetesTakes(graph);
    };
    await fc.assert(fc.asyncProperty(spec, claim), { numRuns: 16, endOnFailure: true });
  });

  it("are the longest: one character more is refused", async () => {
    const [drawn] = fc.sample(spec, 1);
    const { topology, network, vpcs, apart, clusters, revision, ingress, mesh, external } = drawn;
    const primaries = [topology, network, ...vpcs, apart, ...clusters, revision, ingress, mesh];
    for (const [meshes, all] of [
      ["primaries", primaries],
      ["external", [external]],
    ] as const) {
      const text = JSON.stringify(describedBy({ ...drawn, meshes }));
      for (const name of all) {
        const longer = JSON.parse(text.replaceAll(`"${name}"`, `"${name}z"`));
        await assert.rejects(runDescription(longer), /allowed: at most \d+ characters/, name);
      }
    }
  });

  it("are those of every type that has a name", () => {
    const types = [
      ...["iam/role:Role", "iam/rolePolicy:RolePolicy", "eks/nodeGroup:NodeGroup"],
      ...["lb/loadBalancer:LoadBalancer", "lb/targetGroup:TargetGroup"],
      ...["ec2/securityGroup:SecurityGroup", "ec2/launchTemplate:LaunchTemplate"],
      ...["ec2/managedPrefixList:ManagedPrefixList", "cloudwatch/logGroup:LogGroup"],
      ...["kms/alias:Alias", "ec2/vpcPeeringConnection:VpcPeeringConnection"],
    ];
    assert.equal(mostTags, 2, "tags of a resource beside yours and the topology's name");
    for (const type of types) assert.ok(seen[`aws:${type}`] > 0, type);
    assert.ok(seen["eks:index:Cluster"] >= 48, `${seen["eks:index:Cluster"]} clusters`);
  });
});
