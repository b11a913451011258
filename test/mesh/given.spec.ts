import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { MeshTopology } from "../../components";
import type { TopologyDescription } from "../../components/topology";
import { assertSecret, floor, mockRun, resourceSet, UNKNOWN } from "../support/graph";
import type { Graph } from "../support/graph";
import { brought, providedRoot } from "../support/variants";
import { refusal, REGION, run } from "./own";

describe("things that exist, given to a MeshTopology", () => {
  /** The description without any value that can be given. */
  const bare: TopologyDescription = structuredClone(brought);
  const old = bare.networks.old.existing!;
  delete old.vpcId;
  delete old.natAddresses;
  for (const subnet of Object.values(old.subnets)) delete subnet.id;
  for (const table of Object.values(old.routeTables!)) delete table.id;
  const lab = bare.clusters.lab.existing!;
  delete lab.kubeconfig;
  delete lab.endpoint;
  delete lab.certificateAuthority;
  delete lab.securityGroupId;

  const secrets = { meshRoot: providedRoot };
  const existing = {
    vpcs: {
      old: {
        vpcId: "vpc-0123456789abcdef0",
        subnetIds: {
          "private-a": "subnet-0a",
          "private-b": "subnet-0b",
          "balancers-a": "subnet-0c",
          "balancers-b": "subnet-0d",
        },
        routeTableIds: { private: "rtb-0a" },
        natAddresses: ["198.51.100.7"],
      },
    },
    clusters: {
      lab: {
        kubeconfig: "{}",
        endpoint: "https://lab.example",
        certificateAuthority: "Y2VydGlmaWNhdGU=",
        securityGroupId: "sg-0123456789abcdef0",
      },
    },
  };
  /** The same values as outputs that nobody knows before deployment. */
  const late = () => {
    const { id } = new aws.ec2.Vpc("mine", { cidrBlock: "10.20.0.0/16" });
    const output = (value: string) => pulumi.all([id, value]).apply(([, text]) => text);
    const walk = (value: unknown): unknown => {
      if (typeof value === "string") return output(value);
      if (Array.isArray(value)) return value.map(walk);
      return Object.fromEntries(
        Object.entries(value as object).map(([key, child]) => [key, walk(child)]),
      );
    };
    return walk(existing) as typeof existing;
  };

  it("make what they would in the description", async () => {
    const said = await run({
      topology: brought,
      secrets: { ...secrets, labKubeconfig: "{}" },
    });
    const given = await run({ topology: bare, secrets, existing });
    const inputs = (graph: Graph) => graph.resources.map(({ urn, inputs }) => [urn, inputs]);
    floor(given, 2);
    assert.deepEqual(inputs(given), inputs(said));
    assert.deepEqual(given.outputs, said.outputs);
  });

  it("are refused under a key that nothing reads, where no compiler has looked", async () => {
    const { kubeconfig, ...rest } = existing.clusters.lab;
    const misspelt = { lab: { ...rest, kubeConfig: kubeconfig, region: undefined } };
    const args = { topology: bare, secrets, existing: { ...existing, clusters: misspelt } };
    const { message } = await refusal(args);
    assert.match(message, /\.lab\.kubeConfig is for; .* fix: did you mean "kubeconfig"\?/);
    assert.doesNotMatch(message, /region/);
  });

  it("may be outputs that are known after deployment only", async () => {
    const body = () => {
      const mesh = new MeshTopology("mesh", { topology: bare, secrets, existing: late() });
      return { vpcs: mesh.vpcs };
    };
    const config = REGION;
    const [known, unknown] = [
      await mockRun(body, { config }),
      await mockRun(body, { config, unknownOutputs: true }),
    ];
    assert.deepEqual(resourceSet(unknown), resourceSet(known));
    assert.deepEqual(known.outputs.vpcs.old.privateSubnetIds, ["subnet-0a", "subnet-0b"]);
    const routes = unknown.ofType("aws:ec2/route:Route");
    const inside = routes.filter(({ name }) => name.includes("-private-10.10.0.0"));
    assert.equal(inside.length, 1);
    assert.equal(inside[0].inputs.routeTableId, UNKNOWN);
  });

  it("keep a kubeconfig secret", async () => {
    const graph = await run({ topology: bare, secrets, existing });
    assertSecret(graph.one("pulumi:providers:kubernetes", "mesh-lab"), "kubeconfig");
  });

  it("are named where they are missing, or stand in both places", async () => {
    const { lab: cluster } = existing.clusters;
    const topology = structuredClone(bare);
    topology.networks.old.existing!.subnets["private-b"].id = "subnet-0b";
    topology.networks.old.existing!.vpcId = "vpc-1";
    topology.clusters.lab.existing!.endpoint = "https://other.example";
    const subnetIds = { "private-b": "subnet-0b", "balancers-a": "subnet-0c" };
    const error = await refusal({
      topology,
      secrets,
      existing: {
        vpcs: { old: { ...existing.vpcs.old, subnetIds, routeTableIds: {} } },
        clusters: { lab: { ...cluster, kubeconfig: undefined } },
      },
    });
    assert.deepEqual(error.message.split("\n").slice(1), [
      '  networks.old.existing.vpcId: got "vpc-1", and args.existing.vpcs.old.vpcId as well; allowed: one of the two; fix: remove the other',
      "  networks.old.existing.subnets.balancers-b.id: got nothing; allowed: the subnet's id, here or in args.existing.vpcs.old.subnetIds.balancers-b; fix: give it in one of the two",
      "  networks.old.existing.subnets.private-a.id: got nothing; allowed: the subnet's id, here or in args.existing.vpcs.old.subnetIds.private-a; fix: give it in one of the two",
      '  networks.old.existing.subnets.private-b.id: got "subnet-0b", and args.existing.vpcs.old.subnetIds.private-b as well; allowed: one of the two; fix: remove the other',
      "  networks.old.existing.routeTables.private.id: got nothing; allowed: the route table's id, here or in args.existing.vpcs.old.routeTableIds.private; fix: give it in one of the two",
      "  clusters.lab.existing.kubeconfig: got nothing; allowed: secret: <config key>, or output: { stack, name }, here or in args.existing.clusters.lab.kubeconfig; fix: give it in one of the two",
      '  clusters.lab.existing.endpoint: got "https://other.example", and args.existing.clusters.lab.endpoint as well; allowed: one of the two; fix: remove the other',
    ]);
  });

  it("are refused where the description has nothing of the kind", async () => {
    const subnetIds = { ...existing.vpcs.old.subnetIds, "private-c": "subnet-0e" };
    const error = await refusal({
      topology: bare,
      secrets,
      existing: {
        vpcs: { old: { ...existing.vpcs.old, subnetIds }, made: { vpcId: "vpc-2" } },
        clusters: { ...existing.clusters, east: { kubeconfig: "{}" } },
      },
    });
    assert.ok(pulumi.InputPropertiesError.isInstance(error));
    assert.ok(pulumi.RunError.isInstance(error), "no stack trace for a mistake");
    assert.deepEqual(error.message.split("\n").slice(1), [
      "  networks: got no VPC of yours that args.existing.vpcs.made is for; allowed: old; fix: describe it here, or leave out args.existing.vpcs.made",
      "  clusters: got no cluster of yours that args.existing.clusters.east is for; allowed: lab; fix: describe it here, or leave out args.existing.clusters.east",
      '  networks.old.existing.subnets: got no subnet of yours that args.existing.vpcs.old.subnetIds.private-c is for; allowed: balancers-a, balancers-b, private-a, private-b; fix: did you mean "private-a"?',
    ]);
  });

  it("need the value of a secret that the description names", async () => {
    const error = await refusal({ topology: brought, secrets });
    assert.ok(pulumi.RunError.isInstance(error));
    assert.equal(
      error.message,
      'The kubeconfig of cluster lab is missing: `secrets` has no value under "labKubeconfig".',
    );
  });
});
