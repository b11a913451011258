/** What a whole mesh may say of its workloads. */
import { DataPlane, Locality, MutualTls, pathOf, Severity, written } from "../../topology";
import type { Member, Mesh, Problem, Relations, Rule, Topology } from "../../topology";

function permissive({ meshes }: Relations): Mesh[] {
  return meshes.flatMap(({ mesh }) => (mesh.mtls === MutualTls.Permissive ? [mesh] : []));
}

const mtlsOf = ({ name }: Mesh) => pathOf("meshes", name, "mtls");

/** Who else counts on the identities of a mesh, in words. */
function othersIn({ tenants, federation }: Topology, mesh: string): string[] {
  const theirs = Object.entries(tenants?.of ?? {}).filter(([, tenant]) => tenant.mesh === mesh);
  const exchanges = Object.entries(federation.exports).filter(([, { from, to }]) =>
    [from, ...to].includes(mesh),
  );
  return [
    ...theirs.map(([name]) => `tenant ${name}`),
    ...exchanges.map(([name]) => `export ${name}`),
  ];
}

function checkPermissive(_: Topology, relations: Relations): Problem[] {
  return permissive(relations).map((mesh) => ({
    path: mtlsOf(mesh),
    got: mesh.mtls,
    allowed: "strict, or permissive while services move in",
    fix: "whoever reaches a pod is served without an identity, and policies on identities alone do not see him: move namespace by namespace, each with a PeerAuthentication of mode STRICT, and then say strict",
  }));
}

function checkShared(topology: Topology, relations: Relations): Problem[] {
  return permissive(relations).flatMap((mesh) => {
    const others = othersIn(topology, mesh.name);
    if (others.length === 0) return [];
    return [
      {
        path: mtlsOf(mesh),
        got: `${mesh.mtls}, in a mesh with ${others.join(", ")}`,
        allowed: "strict where tenants share a mesh or meshes exchange services",
        fix: "say strict, or move what is not in the mesh yet before others come",
      },
    ];
  });
}

function checkLocality(_: Topology, { meshes }: Relations): Problem[] {
  return meshes.flatMap(({ mesh }) => {
    if (mesh.dataPlane !== DataPlane.Ambient || mesh.locality === Locality.None) return [];
    return [
      {
        path: pathOf("meshes", mesh.name, "locality"),
        got: `${mesh.locality}, in an ambient mesh`,
        allowed: "none with dataPlane ambient",
        fix: "remove it, and annotate Services or whole namespaces with networking.istio.io/traffic-distribution: PreferClose",
      },
    ];
  });
}

// A name with a dot, or a Service of the cluster: what istiod can look up.
const COLLECTOR =
  /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+:([1-9]\d{0,4})$/;

function checkCollector(_: Topology, { meshes }: Relations): Problem[] {
  return meshes.flatMap(({ mesh }) => {
    const { address } = mesh.observability.tracing ?? {};
    const port = Number(address?.split(":")[1]);
    if (address === undefined || (COLLECTOR.test(address) && port <= 65535)) return [];
    return [
      {
        path: pathOf("meshes", mesh.name, "observability", "tracing", "address"),
        got: written(address),
        allowed: "<service>.<namespace>.svc:<port>, or the host of a ServiceEntry and its port",
        fix: "write such as otel.obs.svc:4317, without a scheme",
      },
    ];
  });
}

function checkScrapers(_: Topology, { meshes }: Relations): Problem[] {
  return meshes.flatMap(({ mesh }) => {
    const { from } = mesh.observability.metrics ?? {};
    const path = pathOf("meshes", mesh.name, "observability", "metrics", "from");
    if (from === undefined || (from.length > 0 && !from.some((cidr) => cidr.endsWith("/0"))))
      return [];
    return [
      {
        path,
        got: written(from),
        allowed: "the addresses of those who scrape, at least one",
        fix: "list them, or remove metrics: scrapers inside the clusters need nothing here",
      },
    ];
  });
}

function checkNetworkPolicies(_: Topology, { meshes }: Relations): Problem[] {
  return meshes.flatMap(({ mesh: { name, dataPlane } }) => {
    if (dataPlane !== DataPlane.Ambient) return [];
    return [
      {
        path: pathOf("meshes", name, "dataPlane"),
        got: dataPlane,
        allowed: "sidecar, or ambient",
        fix: "what comes to a pod from the mesh comes to port 15008, whichever port it is for: every NetworkPolicy of yours that lets callers in to pods of the mesh must let them in to TCP 15008 too",
      },
    ];
  });
}

/** Clusters whose configuration holds for a remote, one after the other as its relay moves. */
function configuredFrom({ servers }: Member): string[] {
  return [...new Set(servers.map(({ configuredIn }) => configuredIn.cluster.name))];
}

function checkPolicies(_: Topology, { meshes }: Relations): Problem[] {
  return meshes.flatMap(({ mesh, members }) => {
    const moving = members.filter((member) => configuredFrom(member).length > 1);
    if (moving.length === 0) return [];
    const sources = [...new Set(moving.flatMap(configuredFrom))].join(", ");
    return [
      {
        path: pathOf("meshes", mesh.name, "controlPlane", "runsIn"),
        got: `${moving.map(({ at }) => at.cluster.name).join(", ")} served by turns from ${sources}`,
        allowed: "one cluster, or several that hold the same Istio configuration",
        fix: `each istiod applies what its own cluster holds, so that policies change when a relay moves over: write every AuthorizationPolicy, PeerAuthentication, VirtualService and DestinationRule into all of ${sources}`,
      },
    ];
  });
}

export const controlPlaneRules: Rule[] = [
  {
    id: "mtls-permissive",
    summary: "A mesh takes nothing but mutual TLS.",
    why: "Permissive is for moving services in (https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/).",
    severity: Severity.Warning,
    check: checkPermissive,
  },
  {
    id: "mtls-permissive-shared",
    summary: "A mesh that tenants or other meshes are in is strict.",
    why: "What separates them is the identity of the caller, which plaintext has none of (https://istio.io/latest/docs/ops/best-practices/security/#mutual-tls).",
    severity: Severity.Problem,
    check: checkShared,
  },
  {
    id: "locality-ambient",
    summary: "An ambient mesh prefers near endpoints Service by Service.",
    why: "ztunnel takes the preference from each Service and knows no outlier detection (istio, pilot/pkg/serviceregistry/ambient/services.go).",
    severity: Severity.Problem,
    check: checkLocality,
  },
  {
    id: "ambient-network-policies",
    summary: "NetworkPolicies know the port that an ambient mesh comes by.",
    why: "Kubernetes' policies see the tunnel between ztunnels and not what is in it (https://istio.io/latest/docs/ambient/usage/networkpolicy/).",
    severity: Severity.Warning,
    check: checkNetworkPolicies,
  },
  {
    id: "tracing-address",
    summary: "A collector of spans is named by a host that istiod can look up, and a port.",
    why: "istiod finds it among the services of the mesh, and traces nothing where it finds none (istio, pilot/pkg/model/telemetry_logging.go, LookupCluster).",
    severity: Severity.Problem,
    check: checkCollector,
  },
  {
    id: "metrics-from",
    summary: "Metrics are opened to those who scrape, and not to the world.",
    why: "They name every service, caller and version, and need no identity (https://istio.io/latest/docs/ops/integrations/prometheus/).",
    severity: Severity.Problem,
    check: checkScrapers,
  },
  {
    id: "configuration-of-each-server",
    summary: "Istiods that serve one cluster by turns read the same configuration.",
    why: "A primary reads Istio's configuration in its own cluster alone; of the others it watches services and endpoints (https://istio.io/latest/docs/ops/configuration/traffic-management/multicluster/).",
    severity: Severity.Warning,
    check: checkPolicies,
  },
];
