import assert from "node:assert/strict";
import fc from "fast-check";
import { planAccess } from "../../components/access";
import {
  ControlPlaneMode,
  type MeshDescription,
  type NetworkDescription,
  type TopologyDescription,
} from "../../components/topology";
import { descriptions } from "../support/descriptions";
import { relationsOf } from "../support/topologies";

const roleArn = (partition: string, id: string) => `arn:${partition}:iam::${id}:role/deploy`;
const CHINA = roleArn("aws-cn", "111122223333");
const GOVERNMENT = roleArn("aws-us-gov", "444455556666");

describe("the home of readers' roles", () => {
  it("is the region of IAM in each account's partition, whatever the clusters' own", () => {
    const network = (number: number, region: string, arn?: string): NetworkDescription => ({
      cidr: `10.${number}.0.0/16`,
      region,
      account: arn === undefined ? undefined : { roleArn: arn },
    });
    const clusters = (name: string) => ({ [`${name}-a`]: {}, [`${name}-b`]: {} });
    const on = (name: string) => ({
      [`${name}-a`]: { network: name },
      [`${name}-b`]: { network: name },
    });
    const { roles, providers } = planAccess(
      relationsOf({
        istio: { version: "1.31.3" },
        networks: {
          eu: network(1, "eu-west-1"),
          cn: network(2, "cn-northwest-1", CHINA),
          gov: network(3, "us-gov-east-1", GOVERNMENT),
        },
        clusters: { ...on("eu"), ...on("cn"), ...on("gov") },
        meshes: {
          one: { clusters: clusters("eu") },
          two: { clusters: clusters("cn") },
          three: { clusters: clusters("gov") },
        },
      }),
    );
    const homes = Object.entries(roles).map(([key, { provider, partition, account }]) => [
      key,
      provider,
      partition,
      account,
    ]);
    assert.deepEqual(homes.sort(), [
      ["one", "us-east-1", "aws", undefined],
      ["three/444455556666", "444455556666/us-gov-west-1", "aws-us-gov", "444455556666"],
      ["two/111122223333", "111122223333/cn-north-1", "aws-cn", "111122223333"],
    ]);
    const china = "111122223333/cn-north-1";
    const government = "444455556666/us-gov-west-1";
    assert.deepEqual(providers, {
      "us-east-1": { key: "us-east-1", region: "us-east-1", account: undefined },
      [china]: { key: china, region: "cn-north-1", account: CHINA },
      [government]: { key: government, region: "us-gov-west-1", account: GOVERNMENT },
    });
  });

  it("has a provider in the plan, and no provider that no role has", () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        const { roles, providers } = planAccess(relationsOf(description));
        const used = new Set(Object.values(roles).map(({ provider }) => provider));
        assert.deepEqual(new Set(Object.keys(providers)), used);
      }),
      { numRuns: 200 },
    );
  });
});

/** Something new in another region, by a name that comes before or after those that are there. */
const additions = fc.record({
  what: fc.constantFrom("cluster", "VPC", "mesh"),
  name: fc.stringMatching(/^[a-z]{1,8}$/),
  region: fc.constantFrom("us-east-1", "af-south-1", "sa-east-1"),
  account: fc.constantFrom(undefined, "111122223333", "444455556666"),
  pick: fc.nat(),
});
type Addition = typeof additions extends fc.Arbitrary<infer T> ? T : never;

function withAddition(description: TopologyDescription, addition: Addition): TopologyDescription {
  const { name, region, account, what, pick } = addition;
  const vpc = {
    cidr: "10.200.0.0/16",
    region,
    account: account && { roleArn: `arn:aws:iam::${account}:role/deployer` },
  };
  const wide = Object.entries(description.networks).filter(
    ([, { vpcs = {} }]) => Object.keys(vpcs).length > 1,
  );
  const place =
    what === "VPC" && wide.length > 0
      ? { network: wide[pick % wide.length][0], vpc: name }
      : { network: name };
  const networks =
    place.vpc === undefined
      ? { [name]: vpc }
      : { [place.network]: { vpcs: { ...description.networks[place.network].vpcs, [name]: vpc } } };
  const meshes = Object.entries(description.meshes);
  const [mesh, old] = meshes[pick % meshes.length];
  return {
    ...description,
    networks: { ...description.networks, ...networks },
    clusters: { ...description.clusters, [name]: place, [`${name}-2`]: place },
    meshes: {
      ...description.meshes,
      ...(what === "mesh"
        ? { [name]: { clusters: { [name]: {}, [`${name}-2`]: {} } } }
        : { [mesh]: withMember(old, name) }),
    },
  };
}

/** Where every member runs istiod, the new one does too. */
function withMember(mesh: MeshDescription, name: string): MeshDescription {
  const { controlPlane } = mesh;
  const isPrimary = controlPlane?.mode === ControlPlaneMode.MultiPrimary && controlPlane.runsIn;
  return {
    ...mesh,
    controlPlane: isPrimary
      ? { ...controlPlane, runsIn: [...controlPlane.runsIn!, name] }
      : controlPlane,
    clusters: { ...mesh.clusters, [name]: {} },
  };
}

describe("a cluster, VPC or mesh that is added in another region", () => {
  it("changes no role's provider, name or account, whatever its own name is", () => {
    fc.assert(
      fc.property(descriptions, additions, (description, addition) => {
        const before = planAccess(relationsOf(description));
        const after = planAccess(relationsOf(withAddition(description, addition)));
        for (const [key, { assumedBy, ...role }] of Object.entries(before.roles)) {
          const { assumedBy: more, ...same } = after.roles[key];
          assert.deepEqual(same, role);
          assert.deepEqual(after.providers[same.provider], before.providers[role.provider]);
          for (const other of assumedBy) assert.ok(more.includes(other), `${other} into ${key}`);
        }
      }),
      { numRuns: 500 },
    );
  });
});
