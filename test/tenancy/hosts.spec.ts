import assert from "node:assert/strict";
import { guardSpecs } from "../../components/tenancy/namespace/admission";
import {
  certificateGrants,
  routeParents,
  tenantGateways,
} from "../../components/tenancy/namespace/hosts";
import { meshObjects } from "../../components/tenancy/namespace/meshObjects";
import { networkPolicies } from "../../components/tenancy/namespace/networkPolicies";
import { quotaSpec } from "../../components/tenancy/namespace/quota";
import { tenantRules } from "../../components/tenancy/namespace/rights";
import { cellsOf } from "../mesh/reach/support";
import { assertDependsOn, floor } from "../support/graph";
import { runDescription } from "../support/program";
import { factsOf, patterns } from "../support/topologies";
import { changed, good, hosted } from "./good";

const facts = factsOf(hosted);
const key = (tenant: string, cluster = "east") => `prod/${cluster}/${tenant}.tenant`;
const planOf = (tenant: string, cluster = "east") => facts.tenancy.tenants[key(tenant, cluster)]!;
const inNamespace = (tenant: string, namespace: string, cluster = "east") => ({
  ...planOf(tenant, cluster),
  namespace,
});
const NAMESPACE = "istio-ingress-web";

describe("hosts of tenants at a shared ingress gateway", () => {
  it("are listeners of a Gateway in the gateway's namespace, on its Service, that take routes of the tenant alone", () => {
    const { web } = tenantGateways(planOf("team-a"));
    assert.equal(web!.metadata.name, "team-a");
    assert.equal(web!.metadata.namespace, NAMESPACE);
    assert.deepEqual(web!.spec.addresses, [{ type: "Hostname", value: NAMESPACE }]);
    const { listeners } = web!.spec;
    assert.deepEqual(
      listeners.map(({ hostname, port, protocol }) => [hostname, port, protocol]),
      [
        ["a.example", 443, "HTTPS"],
        ["www.a.example", 443, "HTTPS"],
      ],
    );
    for (const { name, allowedRoutes } of listeners) {
      assert.doesNotMatch(name, /[.]/);
      assert.deepEqual(allowedRoutes, {
        kinds: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute" }],
        namespaces: {
          from: "Selector",
          selector: { matchLabels: { "istio-patterns/tenant": "team-a" } },
        },
      });
    }
  });

  it("have a listener each, however alike they are without dots", () => {
    const plan = structuredClone(planOf("team-a"));
    const { certificates } = plan.ingress.web!;
    const [certificate] = Object.values(certificates);
    for (const host of ["shop-api.a.example", "shop.api.a.example"])
      certificates[host] = certificate!;
    const names = tenantGateways(plan).web!.spec.listeners.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length, `${names}`);
  });

  it("are heard by the revision that serves the gateway", () => {
    const { mesh, ...plan } = planOf("team-a");
    const { web } = tenantGateways({ ...plan, mesh: { ...mesh, revision: "r31" } });
    assert.equal(web!.metadata.labels["istio.io/rev"], "r31");
  });

  it("show certificates of the tenant's own namespaces, each by its name and to that Gateway's namespace alone", () => {
    const grants = (namespace: string) =>
      certificateGrants(inNamespace("team-a", namespace))["ingress-web"] as { spec: object };
    assert.deepEqual(grants("a-web").spec, {
      from: [{ group: "gateway.networking.k8s.io", kind: "Gateway", namespace: NAMESPACE }],
      to: [{ group: "", kind: "Secret", name: "a-tls" }],
    });
    assert.match(JSON.stringify(grants("a-db").spec), /"name":"www"/);
  });

  it("have neither where the gateway does not stand", () => {
    assert.deepEqual(tenantGateways(planOf("team-a", "west")), {});
    assert.deepEqual(certificateGrants(inNamespace("team-a", "a-web", "west")), {});
    assert.deepEqual(tenantGateways(planOf("team-c")), {});
  });

  it("let the gateway in by its identity everywhere, by its pods where it stands, and to no other tenant", () => {
    const identity = `prod.example/ns/${NAMESPACE}/sa/${NAMESPACE}`;
    const policyOf = (tenant: string, namespace: string, cluster?: string) =>
      JSON.stringify(meshObjects(inNamespace(tenant, namespace, cluster)).policy!.spec);
    for (const cluster of ["east", "west"])
      assert.ok(policyOf("team-a", "a-db", cluster).includes(identity), cluster);
    assert.equal(policyOf("team-c", "c-web").includes(identity), false);
    const ingressOf = (tenant: string, namespace: string, cluster?: string) =>
      JSON.stringify(networkPolicies(inNamespace(tenant, namespace, cluster)).tenant!.ingress);
    assert.match(
      ingressOf("team-b", "b-web"),
      /"kubernetes.io\/metadata.name":"istio-ingress-web"}},"podSelector":{"matchLabels":{"istio":"ingress-web"}}/,
    );
    assert.doesNotMatch(ingressOf("team-b", "b-web", "west"), /ingress-web/);
    assert.doesNotMatch(ingressOf("team-c", "c-web"), /ingress-web/);
  });

  it("are told to the gateway, whatever service account it is given", () => {
    const named = structuredClone(hosted);
    named.meshes.prod!.ingress!.web!.values = { serviceAccount: { name: "entrance" } };
    const { ingress } = factsOf(named).tenancy.tenants[key("team-a")]!;
    assert.equal(ingress.web!.serviceAccount, "entrance");
    const { meshConfig } = facts.istio.controlPlanes["prod/east"]!.istiods[0]!
      .neededValues as Record<string, Record<string, unknown>>;
    assert.deepEqual(meshConfig!.defaultVirtualServiceExportTo, [".", NAMESPACE]);
  });

  it("let the tenant write routes, and no Gateway and no grant", () => {
    const { mesh, use } = planOf("team-a");
    const rules = tenantRules(mesh, true).filter(
      ({ apiGroups }) => apiGroups[0] === "gateway.networking.k8s.io",
    );
    const written = rules.filter(({ verbs }) => verbs.includes("create"));
    assert.deepEqual(written.map(({ resources }) => resources).flat(), ["httproutes"]);
    assert.doesNotMatch(JSON.stringify(tenantRules(mesh)), /gateway\.networking/);
    const routes = "count/httproutes.gateway.networking.k8s.io";
    assert.equal(quotaSpec(use, 0, true).hard[routes], "50");
    assert.equal(routes in quotaSpec(use, 0).hard, false);
  });

  it("are the parents that admission lets routes have", () => {
    assert.deepEqual(routeParents(planOf("team-a")), [`${NAMESPACE}/team-a`]);
    assert.deepEqual(routeParents(planOf("team-c")), []);
    const { httproutes } = guardSpecs(facts.tenancy.guards.east!);
    assert.deepEqual(
      httproutes!.validations.map(({ message }) => message.split(":")[0]),
      ["parentRefs", "backendRefs", "filters"],
    );
  });

  it("need the Gateway API where the mesh has some, and not without", () => {
    assert.deepEqual(Object.keys(facts.istio.gatewayApi).sort(), ["east", "west"]);
    assert.deepEqual(factsOf(good).istio.gatewayApi, {});
  });

  it("are cells of the matrix, as the gateway, across networks too", () => {
    const cells = cellsOf(hosted);
    const identity = `as spiffe://prod.example/ns/${NAMESPACE}/sa/${NAMESPACE}`;
    assert.equal(cells[`prod/east/web → ${key("team-a")}`], `through prod/east/web ${identity}`);
    assert.match(
      cells[`prod/east/web → ${key("team-b", "west")}`]!,
      /^through prod\/east\/web, prod\/west\/east-west as/,
    );
    assert.equal(cells[`prod/east/web → ${key("team-c")}`], "not at all: other-tenant");
  });

  it("stand after the gateway and its namespace", async () => {
    const graph = await runDescription(patterns["05-tenancy-namespace"]!);
    floor(graph, 1);
    const gateways = graph.ofType("kubernetes:gateway.networking.k8s.io/v1:Gateway");
    assert.deepEqual(gateways.map(({ inputs }) => inputs.metadata.name).sort(), [
      ...["team-a", "team-b"],
    ]);
    const release = graph.one("kubernetes:helm.sh/v3:Release", "dev-prod-main-shared");
    for (const gateway of gateways) assertDependsOn(graph, gateway, release);
    assert.equal(
      graph.ofType("kubernetes:gateway.networking.k8s.io/v1beta1:ReferenceGrant").length,
      2,
    );
  });

  it("are the same objects of one tenant however many others there are", async () => {
    const of = (count: number) =>
      changed(({ tenants }) => {
        tenants!.of = Object.fromEntries(
          Array.from({ length: count }, (_, index) => [
            `t${index}`,
            {
              ...{ mesh: "prod", namespaces: [`n${index}`] },
              hosts: { [`h${index}.example`]: { ingress: "web", certificate: `n${index}/tls` } },
            },
          ]),
        );
      });
    const sizes = [];
    for (const count of [1, 2, 5]) sizes.push((await runDescription(of(count))).resources.length);
    const [one, two, five] = sizes as [number, number, number];
    assert.ok(two > one);
    assert.equal(five - two, 3 * (two - one));
  });
});
