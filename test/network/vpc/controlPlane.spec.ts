import assert from "node:assert/strict";
import * as fc from "fast-check";
import { controlPlaneSubnets } from "../../../components/network/vpc/controlPlane";
import type { ExistingSubnetDescription } from "../../../components/topology";

const subnet = (zone: string, tier: ExistingSubnetDescription["tier"] = "private") => ({
  ...{ cidr: "10.0.0.0/24", zone, tier },
});

/** Subnets of a VPC by id, private in zones a to d. */
const vpcs = fc.dictionary(
  fc.stringMatching(/^subnet-[0-9a-f]{8}$/),
  fc.constantFrom("a", "b", "c", "d").map((zone) => subnet(zone)),
  { minKeys: 1, noNullPrototype: true },
);

describe("subnets of control planes in a VPC of yours", () => {
  it("are the first private one of each of the first two zones", () => {
    const subnets = {
      "subnet-6": subnet("c"),
      "subnet-5": subnet("b"),
      "subnet-4": subnet("b"),
      "subnet-3": subnet("a"),
      "subnet-2": subnet("a", "public"),
      "subnet-1": subnet("a", "load-balancer"),
    };
    assert.deepEqual(controlPlaneSubnets({ subnets }), ["subnet-3", "subnet-4"]);
  });

  it("are in as many zones as there are, at most two, each once", () => {
    fc.assert(
      fc.property(vpcs, (subnets) => {
        const zones = controlPlaneSubnets({ subnets }).map((id) => subnets[id].zone);
        const all = new Set(Object.values(subnets).map(({ zone }) => zone));
        assert.deepEqual(zones, [...all].sort().slice(0, 2));
      }),
    );
  });

  it("stay in the zones that are named when others come before or behind, and whatever the order of the description", () => {
    fc.assert(
      fc.property(vpcs, (subnets) => {
        const first = controlPlaneSubnets({ subnets });
        const reversed = Object.fromEntries(Object.entries(subnets).reverse());
        assert.deepEqual(controlPlaneSubnets({ subnets: reversed }), first);
        const controlPlaneZones = first.map((name) => subnets[name].zone).reverse();
        const more = { ...subnets, "subnet-00000000z": subnet("e"), "subnet-0": subnet("0") };
        assert.deepEqual(controlPlaneSubnets({ subnets: more, controlPlaneZones }), first);
      }),
    );
  });
});
