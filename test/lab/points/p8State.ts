import * as assert from "node:assert/strict";
import type { Json } from "../machine/kube";
import { type Check } from "../run/check";

/** What must never stand in a state file as text. */
const secrets = {
  "a private key":
    /-----BEGIN [A-Z ]*PRIVATE KEY-----|LS0tLS1CRUdJTi[A-Za-z0-9+/]*UFJJVkFURSBLRVkt/,
  "an EKS token": /k8s-aws-v1\./,
  "a service account's token": /eyJhbGciOi[\w-]+\.[\w-]+\.[\w-]+/,
  "a kubeconfig": /current-context/,
} as const satisfies Record<string, RegExp>;

const sealed: Check = {
  key: "sealed",
  point: 8,
  title: "the exported state holds no private key, token or kubeconfig in plain text",
  async run({ cli, machine }) {
    const { stdout } = await cli.demand("stack", "export", "--stack", cli.options.stack);
    const { resources } = JSON.parse(stdout).deployment;
    assert.ok(resources.length > 20, `expected a whole stack, found ${resources.length} resources`);
    const tokens = [...machine.clusters.values()].map(({ server }) => server.token);
    for (const resource of resources as Json[]) {
      const text = JSON.stringify(resource);
      for (const [what, pattern] of Object.entries(secrets)) {
        assert.ok(!pattern.test(text), `${resource.urn} holds ${what} in plain text`);
      }
      const token = tokens.find((one) => text.includes(one));
      assert.equal(token, undefined, `${resource.urn} holds an admin token in plain text`);
    }
  },
};

const hardened: Check = {
  key: "hardened",
  point: 8,
  title: "clusters are encrypted and log; nodes answer IMDSv2 only",
  async run({ machine, members }) {
    const { store } = machine;
    const clusters = store.outputs("eks.Cluster");
    assert.equal(clusters.length, members.length, "expected an EKS cluster per member");
    for (const { name, encryptionConfig, accessConfig, vpcConfig } of clusters) {
      assert.ok(encryptionConfig, `${name}: expected Kubernetes Secrets to be encrypted by a key`);
      assert.equal(accessConfig?.authenticationMode, "API", `${name}: authentication mode`);
      const open = vpcConfig?.publicAccessCidrs ?? [];
      assert.ok(!open.includes("0.0.0.0/0"), `${name}: its API server is open to the world`);
    }
    for (const { id, metadataOptions } of store.outputs("ec2.LaunchTemplate")) {
      assert.equal(metadataOptions?.httpTokens, "required", `${id}: IMDSv2`);
    }
  },
};

const closed: Check = {
  key: "closed",
  point: 8,
  title: "no security group is open to the world",
  async run({ machine }) {
    const rules = machine.store.outputs("vpc.SecurityGroupIngressRule");
    const open = rules.filter(({ cidrIpv4, cidrIpv6 }) =>
      ["0.0.0.0/0", "::/0"].includes(cidrIpv4 ?? cidrIpv6),
    );
    const told = open.map(({ securityGroupId, fromPort }) => `${securityGroupId} port ${fromPort}`);
    assert.deepEqual(told, [], "expected no rule that lets the world in");
  },
};

export const stateChecks = [sealed, hardened, closed] as const satisfies readonly Check[];
