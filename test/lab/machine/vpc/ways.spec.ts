import assert from "node:assert/strict";
import { Cloud } from "../../providers/testing/cloud";
import type { Props } from "../../providers/base/values";
import { Store } from "../store";
import { answering, wayRules } from "./ways";

describe("the way to API servers", () => {
  let cloud: Cloud;
  beforeEach(() => (cloud = new Cloud()));
  afterEach(() => cloud.remove());

  const put = (type: string, id: string, inputs: Props, outputs: Props = inputs) =>
    cloud.store.put({ type, id, account: "1", region: "eu-central-1", inputs, outputs });
  const makeCluster = (endpointPublicAccess?: boolean) => {
    put("ec2.SecurityGroup", "sg-1", {});
    put(
      "eks.Cluster",
      "it",
      { vpcConfig: { endpointPublicAccess } },
      { endpoint: "https://198.18.1.1", vpcConfig: { clusterSecurityGroupId: "sg-1" } },
    );
  };
  const rule = (more: Props) =>
    put("vpc.SecurityGroupIngressRule", "sgr-1", {
      ...{ securityGroupId: "sg-1", ipProtocol: "tcp", fromPort: 443, toPort: 443 },
      ...more,
    });
  const found = () => answering(new Store(cloud.root));

  it("is open to a private one only while a rule of its group lets in where Pulumi runs", () => {
    makeCluster(false);
    assert.deepEqual(found(), []);
    rule({ cidrIpv4: "192.168.9.0/24" });
    assert.deepEqual(found(), ["198.18.1.1"]);
    for (const other of [
      { cidrIpv4: "192.168.8.0/24" },
      { cidrIpv4: "192.168.9.0/24", securityGroupId: "sg-2" },
      { cidrIpv4: "192.168.9.0/24", fromPort: 80, toPort: 80 },
      { cidrIpv4: "192.168.9.0/24", ipProtocol: "udp" },
      { referencedSecurityGroupId: "sg-1" },
      { prefixListId: "pl-1" },
    ]) {
      rule(other);
      assert.deepEqual(found(), []);
    }
    put("ec2.ManagedPrefixList", "pl-1", { entries: [{ cidr: "192.168.9.7/32" }] });
    rule({ prefixListId: "pl-1" });
    assert.deepEqual(found(), ["198.18.1.1"]);
  });

  it("is open to one that has a public endpoint", () => {
    for (const open of [undefined, true]) {
      makeCluster(open);
      assert.deepEqual(found(), ["198.18.1.1"]);
    }
  });

  it("is a rule about new connections of Pulumi's own group", () => {
    assert.equal(
      wayRules(["198.18.1.1", "198.18.1.2"]),
      [
        "add table ip ways",
        "delete table ip ways",
        "table ip ways {",
        "chain runner {",
        "type filter hook output priority filter",
        "meta skgid != 4317 return",
        "ct state established,related return",
        "ip daddr { 198.18.1.1, 198.18.1.2 } return",
        "ip daddr 198.18.1.0/24 drop",
        "}",
        "}",
        "",
      ].join("\n"),
    );
    assert.ok(!wayRules([]).includes("{ }"));
  });
});
