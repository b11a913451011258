import assert from "node:assert/strict";
import type { TopologyDescription } from "../../components/topology";
import { planOf } from "./support";

/** What mesh `a` has in cluster `b` is named `a-b-...`, like what cluster `a-b` has, and like VPC `b` of network `a`. */
const sameBeginnings: TopologyDescription = {
  api: { allowFrom: ["192.0.2.1/32"] },
  istio: { version: "1.31.3" },
  networks: { a: { vpcs: { b: { cidr: "10.10.0.0/16" } } }, b: { cidr: "10.20.0.0/16", zones: 2 } },
  clusters: { b: { network: "b" }, "a-b": { network: "a" } },
  meshes: { a: { controlPlane: { runsIn: ["b"] }, clusters: { b: {}, "a-b": {} } } },
};

describe("owners of resources whose names begin alike", () => {
  it("have in each VPC exactly what is made for it", async () => {
    const { report } = await planOf(sameBeginnings);
    const ofVpc = {
      ...{ DefaultSecurityGroup: 1, Eip: 1, InternetGateway: 1, NatGateway: 1, Vpc: 1 },
      ...{ Route: 2, RouteTable: 2 },
    };
    assert.deepEqual(
      report.networks.flatMap(({ vpcs }) => vpcs).map(({ id, made }) => [id, made.byType]),
      [
        ["a-b", { ...ofVpc, Subnet: 9, RouteTableAssociation: 6 }],
        ["b", { ...ofVpc, Subnet: 6, RouteTableAssociation: 4 }],
      ],
    );
  });

  it("have in each cluster exactly what is made for it: istiod's needs in one, the relay in the other", async () => {
    const { report } = await planOf(sameBeginnings);
    const inBoth = {
      ...{ "eks.Cluster": 1, "kubernetes provider": 1, Alias: 1, Key: 1, LogGroup: 1 },
      ...{ ConfigMap: 1, Namespace: 1, Release: 3 },
      ...{ AccessEntry: 1, AccessPolicyAssociation: 1, Addon: 1, Role: 1, RolePolicyAttachment: 2 },
      ...{ NodeClass: 1, NodePool: 1, RolePolicy: 1 },
    };
    assert.deepEqual(
      report.clusters.map(({ name, made }) => [name, made.byType]),
      [
        [
          "a-b",
          {
            ...inBoth,
            ...{ AccessEntry: 2, ClusterRole: 1, ClusterRoleBinding: 1 },
            // Of the relay, and of the mesh's trust domain.
            ...{ ConfigMap: 2, Deployment: 1, PodDisruptionBudget: 1, Service: 1 },
            ...{ SecurityGroup: 1, SecurityGroupEgressRule: 2, SecurityGroupIngressRule: 4 },
          },
        ],
        [
          "b",
          {
            ...inBoth,
            ...{ CertRequest: 1, LocallySignedCert: 1, PrivateKey: 1, Secret: 2 },
            ...{ LoadBalancer: 1, Listener: 2, TargetGroup: 2, TargetGroupBinding: 2 },
            ...{ SecurityGroup: 2, SecurityGroupEgressRule: 5, SecurityGroupIngressRule: 8 },
            ...{ Gateway: 1, PeerAuthentication: 1, PodIdentityAssociation: 1 },
          },
        ],
      ],
    );
  });

  it("have in each cluster its own releases: istiod in one, its remote part in the other", async () => {
    const { report } = await planOf(sameBeginnings);
    const installed = report.clusters.map(({ name, releases }) => [
      name,
      ...releases.map(({ name: release, values }) =>
        values.profile === "remote" ? `${release} (remote)` : release,
      ),
    ]);
    assert.deepEqual(installed, [
      ["a-b", "istio-base (remote)", "istiod (remote)", "istio-eastwestgateway"],
      ["b", "istio-base", "istiod", "istio-eastwestgateway"],
    ]);
  });

  it("leave between them exactly what joins them and what all share", async () => {
    const { report } = await planOf(sameBeginnings);
    assert.deepEqual(report.shared.byType, {
      ...{ "aws provider": 2, PrivateKey: 1, SelfSignedCert: 1, Role: 1 },
      ...{ VpcPeeringConnection: 1, VpcPeeringConnectionAccepter: 1 },
      ...{ Route: 4 },
    });
  });
});
