import assert from "node:assert/strict";
import { istioRules } from "../../../components/istio/rules";
import { Severity, SubnetTier } from "../../../components/topology";
import type { TopologyDescription } from "../../../components/topology";
import { networksApart } from "../../network/support";
import { said } from "../../support/rules";
import { brought } from "../../support/variants";

const check = (id: string, description: TopologyDescription) => said(istioRules, id, description);

const old = brought.networks.old.existing!;
const apart = { one: { clusters: { lab: {} } }, two: { clusters: { east: {} } } };
const ingress = { public: { clusters: ["lab"] } };

/** The VPC of yours with subnets of one tier alone. */
function onlyTier(tier: SubnetTier, meshes = brought.meshes): TopologyDescription {
  const subnets = Object.fromEntries(
    Object.entries(old.subnets).filter(([, subnet]) => subnet.tier === tier),
  );
  const networks = { ...brought.networks, old: { existing: { ...old, subnets } } };
  return { ...brought, meshes, networks };
}

describe("existing-vpc-gateway-subnets", () => {
  const id = "existing-vpc-gateway-subnets";
  const balancers = SubnetTier.LoadBalancer;
  const asked = (...gateways: string[]) => [
    `networks.old.existing.subnets: got no private subnet; allowed: at least one private subnet; fix: add the private subnets for the load balancers of ${gateways.join(", ")}`,
  ];

  it("asks for private subnets where a gateway stands", () => {
    const eastWest = "prod/lab/east-west";
    assert.deepEqual(check(id, onlyTier(balancers)), asked(eastWest));
    const both = { prod: { ...brought.meshes.prod, ingress } };
    assert.deepEqual(check(id, onlyTier(balancers, both)), asked(eastWest, "prod/lab/public"));
  });

  it("asks for them where there is only an ingress gateway", () => {
    const entered = { ...apart, one: { ...apart.one, ingress } };
    assert.deepEqual(check(id, onlyTier(balancers, entered)), asked("one/lab/public"));
  });

  it("asks for none where no gateway stands, and is content with private subnets", () => {
    assert.deepEqual(check(id, onlyTier(balancers, apart)), []);
    assert.deepEqual(check(id, onlyTier(SubnetTier.Private)), []);
    assert.deepEqual(check(id, brought), []);
  });
});

describe("existing-vpc-subnet-tags", () => {
  const id = "existing-vpc-subnet-tags";

  it("reminds of the tags where gateways stand", () => {
    assert.deepEqual(check(id, brought), [
      "networks.old.existing.subnets: got subnets of yours; allowed: private ones tagged kubernetes.io/role/internal-elb=1, public ones kubernetes.io/role/elb=1; fix: see that they carry these tags, and load-balancer subnets neither: gateways find their subnets by them",
    ]);
  });

  it("says nothing where none stands, nor about VPCs made here", () => {
    assert.deepEqual(check(id, { ...brought, meshes: apart }), []);
    assert.deepEqual(check(id, networksApart(2)), []);
  });

  it("warns only, since the tags cannot be seen from here", () => {
    const severities = istioRules.filter((rule) => rule.id === id).map(({ severity }) => severity);
    assert.deepEqual(severities, [Severity.Warning]);
  });
});
