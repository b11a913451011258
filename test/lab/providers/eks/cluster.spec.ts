import assert from "node:assert/strict";
import { version } from "@pulumi/eks/package.json";
import { expandedCluster } from "../testing/expanded";
import type { Props } from "../base/values";

const ADDON = "aws:eks/addon:Addon";

const managed = {
  ...{ name: "it", version: "1.35", vpcId: "vpc-1", authenticationMode: "API" },
  ...{ privateSubnetIds: ["subnet-a", "subnet-b"] },
  ...{ skipDefaultSecurityGroups: true, skipDefaultNodeGroup: true },
};
const auto = { ...managed, autoMode: { enabled: true } };

async function addonsOf(args: Props): Promise<Props> {
  const graph = await expandedCluster("it", args);
  return Object.fromEntries(
    graph.ofType(ADDON).map(({ inputs }) => [inputs.addonName, inputs.addonVersion]),
  );
}

async function computeConfigOf(args: Props): Promise<Props> {
  return (await expandedCluster("it", args)).one("aws:eks/cluster:Cluster").inputs.computeConfig;
}

describe("eks stand-in", () => {
  it("follows the version of @pulumi/eks that is installed", () => {
    const read = "4.3.0";
    assert.equal(version, read, `compare it with nodejs/eks of v${version}, then name that here`);
  });

  it("makes CoreDNS under Auto Mode, unless told not to", async () => {
    assert.deepEqual(Object.keys(await addonsOf(auto)), ["coredns"]);
    assert.deepEqual(await addonsOf({ ...auto, corednsAddonOptions: { enabled: false } }), {});
  });

  it("makes no CoreDNS without the default node group, unless told to", async () => {
    assert.deepEqual(Object.keys(await addonsOf(managed)), ["kube-proxy", "vpc-cni"]);
    const told = { ...managed, corednsAddonOptions: { enabled: true, version: "v1" } };
    assert.equal((await addonsOf(told)).coredns, "v1");
  });

  it("asks for the newest add-ons of the day where no version is given", async () => {
    const { calls } = await expandedCluster("it", managed);
    const asked = calls.filter(({ token }) => token.endsWith(":getAddonVersion"));
    assert.deepEqual(
      asked.map(({ inputs }) => inputs),
      ["kube-proxy", "vpc-cni"].map((addonName) => ({
        ...{ addonName, kubernetesVersion: "1.35", mostRecent: true },
      })),
    );
    const pinned = {
      ...{ ...managed, kubeProxyAddonOptions: { version: "v2" } },
      vpcCniOptions: { addonVersion: "v3", cniExternalSnat: true },
    };
    assert.deepEqual(await addonsOf(pinned), { "kube-proxy": "v2", "vpc-cni": "v3" });
    assert.deepEqual((await expandedCluster("it", pinned)).calls, []);
  });

  it("configures the VPC CNI by its arguments, in a component of its own", async () => {
    const args = { ...managed, vpcCniOptions: { addonVersion: "v3", cniExternalSnat: true } };
    const graph = await expandedCluster("it", args);
    const addon = graph.one(ADDON, "it-vpc-cni");
    const { env, init } = JSON.parse(addon.inputs.configurationValues);
    assert.equal(env.AWS_VPC_K8S_CNI_EXTERNALSNAT, "true");
    assert.equal(env.ENABLE_POD_ENI, "false");
    assert.deepEqual(init, { env: { DISABLE_TCP_EARLY_DEMUX: "false" } });
    assert.equal(addon.parent, graph.one("eks:index:VpcCniAddon", "it-vpc-cni").urn);
  });

  it("gives the built-in pools a role, and none where it is told to make none", async () => {
    const builtIn = await computeConfigOf(auto);
    assert.deepEqual(builtIn.nodePools, ["general-purpose", "system"]);
    assert.match(String(builtIn.nodeRoleArn), /role/);
    const own = { enabled: true, createNodeRole: false, computeConfig: { nodePools: [] } };
    assert.deepEqual(await computeConfigOf({ ...auto, autoMode: own }), {
      ...{ enabled: true, nodePools: [] },
    });
  });

  it("puts the policies of an access entry below it", async () => {
    const accessPolicies = {
      view: { policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy" },
    };
    const accessEntries = { people: { principalArn: "arn:p", username: "p", accessPolicies } };
    const graph = await expandedCluster("it", { ...auto, accessEntries });
    const entry = graph.one("aws:eks/accessEntry:AccessEntry", "it-people");
    assert.equal(entry.inputs.userName, "p");
    const policy = graph.one("aws:eks/accessPolicyAssociation:AccessPolicyAssociation");
    assert.deepEqual([policy.name, policy.parent], ["it-people-view", entry.urn]);
  });

  it("refuses Auto Mode without access entries, and a default node group", async () => {
    const config = { ...auto, authenticationMode: "CONFIG_MAP" };
    await assert.rejects(expandedCluster("it", config), /Access entries are required/);
    const grouped = { ...managed, skipDefaultNodeGroup: undefined };
    await assert.rejects(expandedCluster("it", grouped), /makes no default node group/);
  });
});
