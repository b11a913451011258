/** What must hold for hosts of tenants. */
import { holdsConfiguration } from "../istio/members";
import { find } from "../records";
import { below, pathOf, Severity, written } from "../topology";
import type { Problem, Relations, Rule, Topology } from "../topology";
import { LABEL } from "../topology/rules/names";
import { when } from "../topology/rules/support";
import { perTenant } from "./formRules";
import { certificateOf, HOSTS_PORT } from "./hosts";

/** Exact: a wildcard of one tenant would take in hosts of others. */
export const HOST =
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

const checkNames = perTenant(({ hosts }, path) =>
  Object.keys(hosts).flatMap((host) =>
    when(!HOST.test(host), {
      path: below(path, "hosts", host),
      got: written(host),
      allowed: "a DNS name of at least two labels in lower case, without *",
      fix: "write each host by its whole name",
    }),
  ),
);

/** As Kubernetes names Secrets (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names). */
const isName = (name: string) => name.split(".").every((label) => LABEL.test(label));

const checkCertificates = perTenant(({ hosts, namespaces }, path) =>
  Object.entries(hosts).flatMap(([host, { certificate }]) => {
    const { namespace, name } = certificateOf(certificate);
    return when(!namespaces.includes(namespace) || !isName(name), {
      path: below(path, "hosts", host, "certificate"),
      got: written(certificate),
      allowed: `<namespace>/<name of a Secret>, the namespace one of ${namespaces.join(", ")}`,
      fix: "say where the tenant keeps the certificate of this host",
    });
  }),
);

function checkTwice(topology: Topology): Problem[] {
  const seen = new Map<string, string>();
  return perTenant(({ hosts }, path) =>
    Object.keys(hosts).flatMap((host) => {
      const at = below(path, "hosts", host);
      const first = seen.get(host);
      if (first === undefined) seen.set(host, at);
      return when(first !== undefined, {
        path: at,
        got: written(host),
        allowed: `a host that no tenant has yet: ${first} is the same`,
        fix: "remove one of the two",
      });
    }),
  )(topology);
}

const checkPort = perTenant(({ hosts, mesh }, path, _, { meshes }) =>
  Object.entries(hosts).flatMap(([host, { ingress }]) => {
    // Another rule says where there is no such gateway.
    const { ports } = find(find(meshes, mesh)?.ingress ?? {}, ingress) ?? {};
    if (ports === undefined) return [];
    return when(ports[HOSTS_PORT] === undefined, {
      path: below(path, "hosts", host, "ingress"),
      got: `${written(ingress)}, with ports ${Object.keys(ports).join(", ")}`,
      allowed: `a gateway with a port named ${HOSTS_PORT}`,
      fix: `give meshes.${mesh}.ingress.${ingress}.ports one, or choose another gateway`,
    });
  }),
);

/** Listeners that a Gateway takes (kubernetes-sigs/gateway-api, apis/v1/gateway_types.go). */
const MOST_LISTENERS = 64;

const checkNumber = perTenant(({ hosts }, path) => {
  const all = Object.values(hosts).map(({ ingress }) => ingress);
  return [...new Set(all)].flatMap((name) => {
    const number = all.filter((one) => one === name).length;
    return when(number > MOST_LISTENERS, {
      path: below(path, "hosts"),
      got: `${number} hosts at ingress ${name}`,
      allowed: `at most ${MOST_LISTENERS} at each`,
      fix: "lead some to another ingress gateway",
    });
  });
});

function checkConfigured(_: Topology, { meshes }: Relations): Problem[] {
  return meshes.flatMap(({ mesh, tenants }) =>
    tenants.flatMap(({ name, tenant: { hosts }, members }) => {
      const far = members.filter((member) => !holdsConfiguration(member));
      return Object.entries(hosts).flatMap(([host, { ingress }]) =>
        far
          .map(({ at }) => at.cluster.name)
          .filter((cluster) => mesh.ingress[ingress]!.clusters.includes(cluster))
          .map((cluster) => ({
            path: pathOf("tenants", "of", name, "hosts", host, "ingress"),
            got: `${written(ingress)}, which stands in cluster ${cluster}`,
            allowed: "a gateway in clusters that hold the mesh's configuration",
            fix: "choose one, or let this one stand there: Gateway and routes stand where the gateway does, and istiod reads neither elsewhere",
          })),
      );
    }),
  );
}

const severity = Severity.Problem;

export const tenancyHostRules: Rule[] = [
  {
    id: "tenant-host",
    summary: "A host of a tenant is one DNS name.",
    why: "A wildcard of one tenant would take in hosts of others.",
    severity,
    check: checkNames,
  },
  {
    id: "tenant-host-twice",
    summary: "A host is of one tenant.",
    why: "One gateway answers for it, with one certificate.",
    severity,
    check: checkTwice,
  },
  {
    id: "tenant-host-certificate",
    summary: "The certificate of a host is kept by its tenant.",
    why: "Whoever writes a namespace reads its Secrets: no other tenant may (https://gateway-api.sigs.k8s.io/guides/tls/#cross-namespace-certificate-references).",
    severity,
    check: checkCertificates,
  },
  {
    id: "tenant-host-port",
    summary: "Hosts of tenants are at gateways with a port for TLS.",
    why: "Without TLS all routes of a port are one list, whoever's they are (istio, pilot/pkg/model/gateway.go, gatewayRDSRouteName).",
    severity,
    check: checkPort,
  },
  {
    id: "tenant-host-number",
    summary: "A tenant has at most 64 hosts at an ingress gateway.",
    why: "Its Gateway takes no more listeners (https://gateway-api.sigs.k8s.io/reference/spec/#gatewayspec).",
    severity,
    check: checkNumber,
  },
  {
    id: "tenant-host-configured",
    summary: "Hosts of tenants are at gateways in clusters that hold the mesh's configuration.",
    why: "A Gateway leads to a Service of its own namespace (istio, pilot/pkg/model/push_context.go, mergeGateways), and a tenant's routes stand beside its pods.",
    severity,
    check: checkConfigured,
  },
];
