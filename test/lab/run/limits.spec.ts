import assert from "node:assert/strict";
import type { TopologyDescription } from "../../../components/topology";
import { patterns } from "../../support/topologies";
import { beyondLab } from "./limits";

const existing = {} as never;

describe("what the lab has not", () => {
  it("is asked for by no stack file that is shipped", () => {
    for (const [name, description] of Object.entries(patterns))
      assert.deepEqual(beyondLab(description), [], name);
  });

  it("is no private API server that lets in where Pulumi runs", () => {
    const api = { private: { cidrs: ["10.0.0.0/8", "192.168.9.0/24"] } };
    assert.deepEqual(beyondLab({ ...patterns["01-single-cluster"]!, api }), []);
  });

  it("is named with the path that asks for it", () => {
    const hidden = { private: { cidrs: ["172.16.0.0/12"] } };
    const description: TopologyDescription = {
      api: hidden,
      networks: {
        here: { existing },
        both: { vpcs: { a: { cidr: "10.1.0.0/16" }, b: { existing } } },
      },
      clusters: {
        brought: { network: "here", existing, gatewayApi: "present" },
        managed: { network: "both", nodes: { kind: "managed" }, api: hidden },
      },
      links: { via: "existing", transitGateways: {} },
      trust: { roots: { own: { secret: "root" }, made: {} } },
      meshes: { one: { clusters: {}, trust: { roots: { next: { secret: "next" } } } } },
    };
    assert.deepEqual(beyondLab(description), [
      "way to private API servers but from 192.168.9.7 (api.private)",
      "VPCs that are there before (networks.here.existing)",
      "VPCs that are there before (networks.both.vpcs.b.existing)",
      "clusters that are there before (clusters.brought.existing)",
      "definitions that are there before (clusters.brought.gatewayApi)",
      "way to private API servers but from 192.168.9.7 (clusters.managed.api.private)",
      "managed nodes (clusters.managed.nodes)",
      "routes of others (links.via)",
      "gateways that are there before (links.transitGateways)",
      "passphrase of the stack's secrets (trust.roots.own.secret)",
      "passphrase of the stack's secrets (meshes.one.trust.roots.next.secret)",
    ]);
  });
});
