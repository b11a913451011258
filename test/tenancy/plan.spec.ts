import assert from "node:assert/strict";
import { meshObjects } from "../../components/tenancy/namespace/meshObjects";
import {
  namespaceAnnotations,
  namespaceLabels,
} from "../../components/tenancy/namespace/namespaceObject";
import { networkPolicies } from "../../components/tenancy/namespace/networkPolicies";
import { limitsSpec, quotaSpec } from "../../components/tenancy/namespace/quota";
import { tenantRules } from "../../components/tenancy/namespace/rights";
import type { TopologyDescription } from "../../components/topology";
import { factsOf } from "../support/topologies";
import { ambient, changed, good, shareOf, tenantOf } from "./good";

const { tenancy, istio, clusters } = factsOf(good);
const key = (tenant: string, cluster = "east") => `prod/${cluster}/${tenant}.tenant`;

/** What the planners of one namespace are asked with. */
function namespaceOf(description: TopologyDescription, tenant: string, namespace: string) {
  const plan = factsOf(description).tenancy.tenants[key(tenant)]!;
  return { ...plan, namespace };
}
const objectsOf = (tenant: string, namespace: string, description = good) =>
  meshObjects(namespaceOf(description, tenant, namespace));
const policiesOf = (tenant: string, namespace: string, description = good) =>
  networkPolicies(namespaceOf(description, tenant, namespace));

describe("tenants that share a mesh", () => {
  it("stand in every cluster of it", () => {
    assert.deepEqual(
      Object.keys(tenancy.tenants).sort(),
      ["east", "west"].flatMap((cluster) =>
        ["team-a", "team-b", "team-c"].map((tenant) => key(tenant, cluster)),
      ),
    );
  });

  it("are administered by whoever has an access entry, each once, and nobody in a cluster that is not on EKS", () => {
    const admins = {
      "arn:aws:iam::123456789012:role/team-a": ["istio-patterns-tenant-team-a"],
      "arn:aws:iam::123456789012:role/both": [
        "istio-patterns-tenant-team-a",
        "istio-patterns-tenant-team-b",
      ],
    };
    assert.deepEqual(tenancy.admins, {
      east: { cluster: "east", admins },
      west: { cluster: "west", admins },
    });
    const brought = changed(({ clusters: { west } }) => {
      west!.existing = {
        ...{ kubeconfig: { secret: "west" }, kubernetesVersion: "1.35" },
        ...{ podCidrs: ["10.20.0.0/16"], endpoint: "https://west.example" },
        ...{ certificateAuthority: "Q0E=", securityGroupId: "sg-1", loadBalancers: "controller" },
      };
    });
    assert.deepEqual(Object.keys(factsOf(brought).tenancy.admins), ["east"]);
  });

  it("have namespaces that take no privileged pod, and whose pods the mesh injects", () => {
    const { mesh } = tenancy.tenants[key("team-a")]!;
    assert.deepEqual(namespaceLabels("team-a", mesh), {
      "istio-patterns/tenant": "team-a",
      "istio-injection": "enabled",
      "pod-security.kubernetes.io/enforce": "restricted",
    });
    const named = namespaceLabels("team-a", { ...mesh, revision: "r31" });
    assert.equal(named["istio.io/rev"], "r31");
    assert.equal("istio-injection" in named, false);
    assert.equal(istio.controlPlanes["prod/east"]!.injection, "cni");
  });

  it("say in annotations what admission holds them to", () => {
    const { namespaces, exchange } = tenancy.tenants[key("team-a")]!;
    assert.deepEqual(namespaceAnnotations("a-web", namespaces, exchange), {
      "istio-patterns/namespaces": "a-web,a-db",
      "istio-patterns/shares": "web/b-web",
      "istio-patterns/gateways": "",
    });
    assert.equal(namespaceAnnotations("a-db", namespaces, exchange)["istio-patterns/shares"], "");
  });

  it("may use so much, and no load balancer and no node port", () => {
    const { use } = tenancy.tenants[key("team-a")]!;
    const { hard } = quotaSpec(use, 1);
    assert.equal(hard.pods, "50");
    assert.equal(hard["requests.cpu"], "20");
    assert.equal(hard["requests.memory"], "64Gi");
    assert.equal(hard["services.loadbalancers"], "0");
    assert.equal(hard["services.nodeports"], "0");
    assert.equal(hard["count/serviceentries.networking.istio.io"], "50");
    // The plan's own do not count as the tenant's.
    assert.equal(hard["count/authorizationpolicies.security.istio.io"], "52");
    assert.deepEqual(limitsSpec(use).limits[0]!.default, { memory: "512Mi", cpu: "500m" });
    assert.equal("requests.cpu" in quotaSpec(tenancy.tenants[key("team-b")]!.use, 0).hard, false);
  });
});

describe("whoever administers a tenant", () => {
  const { mesh } = tenancy.tenants[key("team-a")]!;
  const writes = (facts: typeof mesh) =>
    tenantRules(facts).flatMap(({ resources, verbs }) =>
      verbs.some((verb) => ["create", "update", "patch", "delete"].includes(verb)) ? resources : [],
    );

  it("writes nothing that holds the tenant itself, or hurts others", () => {
    const kept = [
      ...[
        "networkpolicies",
        "resourcequotas",
        "limitranges",
        "roles",
        "rolebindings",
        "namespaces",
      ],
      ...["endpoints", "endpointslices", "ingresses", "gateways", "envoyfilters", "proxyconfigs"],
      ...["wasmplugins", "trafficextensions", "sidecars", "peerauthentications"],
    ];
    assert.deepEqual(
      writes(mesh).filter((one) => kept.includes(one) || one.includes("*")),
      [],
    );
    assert.ok(writes(mesh).includes("serviceentries"));
  });

  it("writes no ServiceEntry in an ambient mesh of 1.30, where all would know it", () => {
    const at = (version: string) => {
      const older = structuredClone(ambient);
      older.istio = { version };
      return factsOf(older).tenancy.tenants[key("team-a")]!.mesh;
    };
    assert.equal(writes(at("1.30.8")).includes("serviceentries"), false);
    assert.equal(writes(at("1.31.4")).includes("serviceentries"), true);
    assert.equal(writes(at("1.31.4")).includes("workloadentries"), false);
  });
});

describe("Istio's objects of a tenant's namespace", () => {
  it("let in the tenant alone, by its principals, and to a shared service those whom it is shared with", () => {
    const { policy, "share-web": share } = objectsOf("team-a", "a-web");
    assert.deepEqual(policy!.spec, {
      action: "ALLOW",
      rules: [
        {
          from: [{ source: { principals: ["prod.example/ns/a-web/*", "prod.example/ns/a-db/*"] } }],
        },
      ],
    });
    assert.deepEqual(share!.spec, {
      selector: { matchLabels: { app: "web" } },
      action: "ALLOW",
      rules: [
        {
          from: [{ source: { principals: ["prod.example/ns/b-web/*"] } }],
          to: [{ operation: { ports: ["8080"] } }],
        },
      ],
    });
    assert.equal("share-web" in objectsOf("team-a", "a-db"), false);
  });

  it("share with every tenant by a star", () => {
    const all = changed((description) => (shareOf(description).to = ["*"]));
    const { "share-web": share } = objectsOf("team-a", "a-web", all);
    assert.match(JSON.stringify(share!.spec), /ns\/b-web.*ns\/c-web/);
    assert.doesNotMatch(JSON.stringify(share!.spec), /ns\/a-/);
  });

  it("name no namespace without its trust domain", () => {
    const objects = ["team-a", "team-b", "team-c"].flatMap((tenant) =>
      tenantOf(good, tenant).namespaces!.flatMap((one) => Object.values(objectsOf(tenant, one))),
    );
    assert.equal(objects.length, 13);
    assert.doesNotMatch(JSON.stringify(objects), /"namespaces"|"notNamespaces"/);
  });

  it("tell sidecars of the tenant, of what is shared with it and of the mesh's own, and close the rest", () => {
    const { sidecar } = objectsOf("team-b", "b-web");
    assert.deepEqual(sidecar!.spec, {
      egress: [{ hosts: ["./*", "istio-system/*", "a-web/web.a-web.svc.cluster.local"] }],
      outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
    });
    const open = objectsOf("team-c", "c-web").sidecar!.spec as { outboundTrafficPolicy: object };
    assert.deepEqual(open.outboundTrafficPolicy, { mode: "ALLOW_ANY" });
    assert.equal("sidecar" in objectsOf("team-b", "b-web", ambient), false);
  });

  it("stand where an istiod reads them, and nowhere else", () => {
    const remote = changed(({ meshes }) => (meshes.prod!.controlPlane = { runsIn: ["east"] }));
    const { tenants } = factsOf(remote).tenancy;
    assert.equal(tenants[key("team-a")]!.mesh.isConfigured, true);
    assert.equal(tenants[key("team-a", "west")]!.mesh.isConfigured, false);
  });
});

describe("network policies of a tenant's namespace", () => {
  const peers = (rules: object[] = []) => JSON.stringify(rules);

  it("let in the tenant and gateways of other networks, and nobody else", () => {
    const { tenant } = policiesOf("team-a", "a-web");
    assert.deepEqual(tenant!.podSelector, {});
    assert.deepEqual(tenant!.policyTypes, ["Ingress", "Egress"]);
    assert.deepEqual(tenant!.ingress, [
      { from: [{ namespaceSelector: { matchLabels: { "istio-patterns/tenant": "team-a" } } }] },
      {
        from: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "istio-system" } },
            podSelector: { matchLabels: { istio: "eastwestgateway" } },
          },
        ],
      },
    ]);
  });

  it("let in whom a service is shared with, to its pods and ports alone", () => {
    assert.deepEqual(policiesOf("team-a", "a-web")["share-web"], {
      podSelector: { matchLabels: { app: "web" } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: { "istio-patterns/tenant": "team-b" } } }],
          ports: [{ protocol: "TCP", port: 8080 }],
        },
      ],
    });
    const { tenant } = policiesOf("team-b", "b-web");
    assert.match(
      peers(tenant!.egress),
      /"a-web"[^}]*}},"podSelector":{"matchLabels":{"app":"web"}}/,
    );
    assert.doesNotMatch(peers(policiesOf("team-c", "c-web").tenant!.egress), /a-web/);
  });

  it("let out to istiod's one port, DNS, gateways of other networks, and outside as egress says", () => {
    const none = policiesOf("team-a", "a-web").tenant!.egress;
    assert.match(peers(none), /"istio-system".*"port":15012/);
    assert.doesNotMatch(peers(none), /15010|0\.0\.0\.0\/0/);
    assert.match(
      peers(none),
      /"10\.20\.0\.0\/16"[^\]]*\],"ports":\[{"protocol":"TCP","port":15443}/,
    );
    for (const tenant of ["team-b", "team-c"]) {
      const [namespace] = tenantOf(good, tenant).namespaces!;
      const egress = policiesOf(tenant, namespace!).tenant!.egress!;
      const { to } = egress.at(-1) as { to: { ipBlock: { cidr: string; except: string[] } }[] };
      const [{ ipBlock }] = to as [(typeof to)[number]];
      assert.equal(ipBlock.cidr, "0.0.0.0/0");
      for (const inside of ["10.10.0.0/16", "10.20.0.0/16", "169.254.0.0/16", "172.20.0.0/16"])
        assert.ok(ipBlock.except.includes(inside), inside);
    }
  });

  it("let ztunnels and their probes in, in ambient", () => {
    const policies = policiesOf("team-a", "a-web", ambient);
    assert.match(peers(policies.tenant!.ingress), /169\.254\.7\.127\/32/);
    assert.match(
      peers(policies["share-web"]!.ingress),
      /"port":8080},{"protocol":"TCP","port":15008/,
    );
  });

  it("hold in clusters that are made here: nodes say so", () => {
    assert.equal(clusters.east!.networkPolicies, true);
    const { tenants, ...without } = good;
    assert.ok(tenants);
    assert.equal(factsOf(without).clusters.east!.networkPolicies, false);
  });
});
