/** What must hold for meshes that exchange services. */
import {
  isPeer,
  machinesOf,
  oneOf,
  pathOf,
  peersOf,
  Severity,
  TRUST_DOMAIN,
  written,
} from "../topology";
import type {
  Export,
  MeshRelation,
  Partner,
  PeerRelation,
  Problem,
  Relations,
  Rule,
  Topology,
} from "../topology";
import { exitPort, isAmbient, partsOf } from "./exchange";
import { federationFormRules } from "./formRules";

/** Meshes that exchange services with others. */
function exchanging({ meshes }: Relations): MeshRelation[] {
  return meshes.filter((mesh) => peersOf(mesh).length > 0);
}

const names = (meshes: Partner[]) => meshes.map(({ mesh }) => mesh.name).join(", ");

function checkDomain(_: Topology, relations: Relations): Problem[] {
  return exchanging(relations)
    .filter(({ mesh }) => mesh.trustDomain === TRUST_DOMAIN)
    .map((relation) => ({
      path: pathOf("meshes", relation.mesh.name, "trustDomain"),
      got: `${written(TRUST_DOMAIN)}, in a mesh that exchanges services with ${names(peersOf(relation))}`,
      allowed: "a trust domain of its own, such as shop.example",
      fix: `say one: in a policy ${TRUST_DOMAIN} stands for whichever mesh reads it`,
    }));
}

type Exchanging = MeshRelation | PeerRelation;

/** Also among the meshes that one exchanges services with: it would take one for the other. */
function nearPairs(relations: Relations): [Exchanging, Exchanging][] {
  const circles = exchanging(relations).map((mesh) => [mesh, ...peersOf(mesh)]);
  const pairs = circles.flatMap((circle) =>
    circle.flatMap((a) =>
      circle
        .filter((b) => a.mesh.name < b.mesh.name)
        .map((b): [string, [Exchanging, Exchanging]] => [`${a.mesh.name}/${b.mesh.name}`, [a, b]]),
    ),
  );
  return [...new Map(pairs).values()];
}

function checkDistinct(_: Topology, relations: Relations): Problem[] {
  return nearPairs(relations)
    .filter(([a, b]) => a.mesh.trustDomain === b.mesh.trustDomain)
    .filter(([a]) => a.mesh.trustDomain !== TRUST_DOMAIN)
    .map(([{ mesh: a }, b]) => ({
      path: isPeer(b) ? b.peer.path : pathOf("meshes", b.mesh.name, "trustDomain"),
      got: written(b.mesh.trustDomain),
      allowed: `another one than that of mesh ${a.name}, with which it exchanges services or shares a mesh that does`,
      fix: "give one of the two another trust domain",
    }));
}

function checkRoots(_: Topology, relations: Relations): Problem[] {
  return nearPairs(relations)
    .filter(([a, b]) => rootsOf(a).some((root) => rootsOf(b).includes(root)))
    .map(([{ mesh: a }, { mesh: b }]) => ({
      path: pathOf("meshes", b.name, "trust"),
      got: `a root of mesh ${a.name}`,
      allowed: "roots of its own where meshes exchange services",
      fix: `set ${pathOf("meshes", b.name, "trust")} to {} for one that is generated: an istiod below a shared root could sign for both`,
    }));
}

/** Of a mesh elsewhere they are certificates, and those of meshes here outputs: nothing is told of the two. */
function rootsOf(mesh: Exchanging): string[] {
  return isPeer(mesh) ? [mesh.peer.published.roots] : mesh.roots;
}

function checkAmbient(_: Topology, relations: Relations): Problem[] {
  return exchanging(relations)
    .filter((relation) => isAmbient(relation) && !relation.mesh.experimental)
    .map((relation) => ({
      path: pathOf("meshes", relation.mesh.name, "experimental"),
      got: `false, in an ambient mesh that exchanges services with ${names(peersOf(relation))}`,
      allowed:
        "experimental: true, or sidecars: gateways speak for ambient workloads, and servers see them in place of callers",
      fix: "say it where that is enough, or give the mesh dataPlane: sidecar",
    }));
}

function checkAmbientPeers(_: Topology, relations: Relations): Problem[] {
  return exchanging(relations)
    .filter(isAmbient)
    .flatMap((relation) =>
      peersOf(relation)
        .filter(isPeer)
        .map(({ mesh, peer }) => ({
          path: peer.path,
          got: `${mesh.name}, a mesh of another stack that ambient mesh ${relation.mesh.name} exchanges services with`,
          allowed: "meshes of this description, where one of the two is ambient",
          fix: "describe both in one stack, or give the mesh here dataPlane: sidecar",
        })),
    );
}

/** Ports of a way out are hashes, of which two may be one. */
function checkExits(_: Topology, { meshes }: Relations): Problem[] {
  return meshes.filter(isAmbient).flatMap(({ imports }) => {
    const taken = new Map<number, string>();
    return imports.flatMap(({ name, from, services }) =>
      Object.entries(services).flatMap(([host, { ports }]) =>
        Object.keys(ports).flatMap((port) => {
          const number = exitPort(from.mesh.name, host, port);
          const path = pathOf("federation", "exports", name, "services", host, "ports", port);
          const first = taken.get(number);
          taken.set(number, path);
          if (first === undefined || first === path) return [];
          return [
            {
              path,
              got: `port ${number} of the importing mesh's way out, as ${first}`,
              allowed: "a name whose hash is another port",
              fix: "rename the port, such as with a number at its end",
            },
          ];
        }),
      ),
    );
  });
}

function exporting({ meshes }: Relations): MeshRelation[] {
  return meshes.filter(({ exports }) => exports.length > 0);
}

function checkGateways(_: Topology, relations: Relations): Problem[] {
  return exporting(relations)
    .filter(({ federationGateways }) => federationGateways.length === 0)
    .map(({ mesh, members, exports }) => ({
      path: pathOf("federation", "gateways", mesh.name),
      got: "no cluster",
      allowed: `clusters of mesh ${mesh.name}: ${oneOf(members.map(({ at }) => at.cluster.name))}`,
      fix: `name those that ${exports.map(({ name }) => name).join(", ")} is reached in`,
    }));
}

function checkIdle({ federation }: Topology, relations: Relations): Problem[] {
  const names = exporting(relations).map(({ mesh }) => mesh.name);
  return Object.keys(federation.gateways)
    .filter((mesh) => !names.includes(mesh))
    .map((mesh) => ({
      path: pathOf("federation", "gateways", mesh),
      got: "gateways of a mesh that exports nothing",
      allowed: "gateways of meshes that export",
      fix: "add an export from it, or remove them: each has a load balancer",
    }));
}

/** Numbers of gateways that there are none of: they would change nothing. */
function checkNumbers({ federation }: Topology): Problem[] {
  return Object.entries(federation.gateways).flatMap(([mesh, { clusters, addressNumbers }]) =>
    Object.entries(addressNumbers)
      .filter(([cluster]) => !clusters.includes(cluster))
      .map(([cluster, number]) => ({
        path: pathOf("federation", "gateways", mesh, "addressNumbers", cluster),
        got: String(number),
        allowed: `numbers of the gateways' clusters: ${oneOf(clusters)}`,
        fix: "remove it: no such gateway stands there",
      })),
  );
}

/** A name that a mesh has for something, and what says so. */
interface Known {
  host: string;
  by: string;
}

/** Names that a mesh has itself, as far as the description tells. */
function ownHosts(mesh: MeshRelation): Known[] {
  return [
    ...mesh.exports.flatMap(({ name, services }) =>
      Object.keys(services).map((host) => ({ host, by: `export ${name} of its own` })),
    ),
    ...machinesOf(mesh).map(({ group: { name, namespace } }) => ({
      host: `${name}.${namespace}.svc.cluster.local`,
      by: `machines ${name} of its own`,
    })),
  ];
}

function importsOf({
  imports,
}: MeshRelation): { exported: Export; original: string; host: string }[] {
  return imports.flatMap((exported) =>
    Object.entries(exported.services).map(([original, { alias = original }]) => ({
      ...{ exported, original, host: alias },
    })),
  );
}

function checkHosts(_: Topology, { meshes }: Relations): Problem[] {
  return meshes.flatMap((mesh) => {
    const imported = importsOf(mesh);
    return imported.flatMap(({ exported, original, host }, index) => {
      const earlier = imported.slice(0, index).map(({ exported: { name }, ...one }) => ({
        ...{ host: one.host, by: `export ${name}` },
      }));
      const known = [...ownHosts(mesh), ...earlier].find((one) => one.host === host);
      if (!known) return [];
      const { service, namespace } = partsOf(original);
      return [
        {
          path: pathOf("federation", "exports", exported.name, "services", original, "alias"),
          got: host === original ? "none" : written(host),
          allowed: `a name of its own in mesh ${mesh.mesh.name}, which has ${host} by ${known.by}`,
          fix: `say another one, such as ${service}.${namespace}.${exported.from.mesh.name}.mesh`,
        },
      ];
    });
  });
}

function checkTwice(_: Topology, { meshes }: Relations): Problem[] {
  return meshes.flatMap(({ mesh, imports }) => {
    const all = imports.flatMap(({ name, from, services }) =>
      Object.keys(services).map((host) => ({ name, key: `${from.mesh.name} ${host}`, host })),
    );
    return all.flatMap(({ name, key, host }, index) => {
      const first = all.slice(0, index).find((one) => one.key === key);
      if (!first) return [];
      return [
        {
          path: pathOf("federation", "exports", name, "services", host),
          got: `exported to ${mesh.name} a second time`,
          allowed: `once to each mesh: export ${first.name} does it already`,
          fix: "put ports and callers into one of the two",
        },
      ];
    });
  });
}

/** Of one host in several exports: a Service has one port of a name. */
function checkPortNames(_: Topology, relations: Relations): Problem[] {
  return exporting(relations).flatMap((mesh) => {
    const first = new Map<string, { number: number; by: string }>();
    return mesh.exports.flatMap(({ name, services }) =>
      Object.entries(services).flatMap(([host, { ports }]) =>
        Object.entries(ports).flatMap(([port, number]) => {
          const known = first.get(`${host}/${port}`);
          first.set(`${host}/${port}`, known ?? { number, by: name });
          if (known === undefined || known.number === number) return [];
          return [
            {
              path: pathOf("federation", "exports", name, "services", host, "ports", port),
              got: String(number),
              allowed: `${known.number}, as export ${known.by} has it: a Service has one port of a name`,
              fix: "give one of the two another name",
            },
          ];
        }),
      ),
    );
  });
}

function checkIngress(_: Topology, relations: Relations): Problem[] {
  return exporting(relations).flatMap(({ mesh }) =>
    Object.keys(mesh.ingress).map((gateway) => ({
      path: pathOf("meshes", mesh.name, "ingress", gateway),
      got: `an ingress gateway of mesh ${mesh.name}, which exports`,
      allowed: "an ingress gateway whose Gateway objects stand in its own namespace",
      fix: `write them in istio-ingress-${gateway}: in other namespaces they have no effect, so that nobody there opens the federation gateway`,
    })),
  );
}

const severity = Severity.Problem;

export const federationRules: Rule[] = [
  ...federationFormRules,
  {
    id: "federation-trust-domain",
    summary: "Meshes that exchange services have trust domains of their own.",
    why: "Policies that name cluster.local are rewritten to the domain of whoever reads them (istio, pilot/pkg/security/trustdomain/bundle.go).",
    severity,
    check: checkDomain,
  },
  {
    id: "federation-trust-domain-shared",
    summary: "No two meshes that know each other by exports have one trust domain.",
    why: "An identity says no more of its mesh (https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md).",
    severity,
    check: checkDistinct,
  },
  {
    id: "federation-root-shared",
    summary: "No two meshes that know each other by exports have one root.",
    why: "Every intermediate below a root can sign for every trust domain.",
    severity,
    check: checkRoots,
  },
  {
    id: "federation-ambient",
    summary: "Ambient meshes that exchange services are asked for as experimental.",
    why: "ztunnel compares a peer's trust domain with its own (istio/ztunnel, src/tls/workload.rs), and the ambient east-west gateway serves all that is global: so gateways speak for workloads.",
    severity,
    check: checkAmbient,
  },
  {
    id: "federation-ambient-peer",
    summary: "Ambient meshes exchange services with meshes of their own description.",
    why: "What a mesh says of itself to other stacks does not tell whether its gateways open mutual TLS.",
    severity,
    check: checkAmbientPeers,
  },
  {
    id: "federation-exit-port",
    summary: "Each imported port has a port of its own on the way out of an ambient mesh.",
    why: "ztunnel tells the way out nothing but the port that a caller wants.",
    severity,
    check: checkExits,
  },
  {
    id: "federation-gateway-missing",
    summary: "A mesh that exports has a gateway for other meshes.",
    why: "They reach nothing else of it.",
    severity,
    check: checkGateways,
  },
  {
    id: "federation-gateway-idle",
    summary: "Gateways for other meshes are of meshes that export.",
    why: "They would lead nowhere.",
    severity,
    check: checkIdle,
  },
  {
    id: "federation-address-unused",
    summary: "A number of a gateway's address is that of a gateway which the mesh has.",
    why: "It would have no effect.",
    severity,
    check: checkNumbers,
  },
  {
    id: "federation-host-known",
    summary: "An imported service has a name that nothing else in the importing mesh has.",
    why: "Of two services with one name in a mesh, one is hidden or takes the other's endpoints (istio, pilot/pkg/model/push_context.go, initServiceRegistry).",
    severity,
    check: checkHosts,
  },
  {
    id: "federation-exported-twice",
    summary: "A service is exported to a mesh once.",
    why: "Who may call which of its ports is said in one place.",
    severity,
    check: checkTwice,
  },
  {
    id: "federation-port-name",
    summary: "A port of an exported service has one number, to whomever it is exported.",
    why: "Meshes of other stacks read what is exported by host, with all of its ports by name.",
    severity,
    check: checkPortNames,
  },
  {
    id: "federation-ingress",
    summary:
      "Ingress gateways of a mesh that exports take Gateway objects of their own namespace alone.",
    why: "PILOT_SCOPE_GATEWAY_TO_NAMESPACE holds for all gateways of an istiod (istio, pilot/pkg/model/push_context.go, mergeGateways).",
    severity: Severity.Warning,
    check: checkIngress,
  },
];
