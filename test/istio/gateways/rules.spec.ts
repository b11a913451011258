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

describe("istio-ingress-ports", () => {
  const ported = (ports: Record<string, number>): TopologyDescription => {
    const description = networksApart(2);
    description.meshes.prod.ingress = { public: { clusters: ["c1"], ports } };
    return description;
  };
  const allowed =
    "each port once, and none of 15000, 15001, 15002, 15004, 15006, 15008, 15020, 15021, 15053, 15090";

  it("refuses a port that the proxy has for itself, and one that is there twice", () => {
    const ports = { admin: 15000, https: 443, ready: 15021, tls: 443 };
    const path = "meshes.prod.ingress.public.ports";
    const rest = `allowed: ${allowed}; fix: choose another port`;
    assert.deepEqual(check("istio-ingress-ports", ported(ports)), [
      `${path}.admin: got 15000, which the proxy has for itself; ${rest}`,
      `${path}.ready: got 15021, which the proxy has for itself; ${rest}`,
      `${path}.tls: got 443, which is "https" too; ${rest}`,
    ]);
  });

  it("takes any other, and those that nobody says", () => {
    const ports = { http: 80, "tcp-broker": 9093, passthrough: 15443 };
    assert.deepEqual(check("istio-ingress-ports", ported(ports)), []);
    const silent = networksApart(2);
    silent.meshes.prod.ingress = { public: { clusters: ["c1"] } };
    assert.deepEqual(check("istio-ingress-ports", silent), []);
  });

  it("leaves it to another rule that there must be one", () => {
    assert.deepEqual(check("istio-ingress-ports", ported({})), []);
    assert.deepEqual(check("istio-ingress-no-ports", ported({})), [
      "meshes.prod.ingress.public.ports: got no port; allowed: at least one; fix: name those that clients come by, or remove `ports` for 80 and 443",
    ]);
    assert.deepEqual(check("istio-ingress-no-ports", ported({ http: 80 })), []);
  });
});

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
