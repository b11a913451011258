/** What is made in clusters to ask who reaches whom, and removed again. */
import { keyed } from "../../../components/records";
import { PlaceKind } from "../../../components/mesh/reach";
import type { ReachPlace } from "../../../components/mesh/reach";
import { DataPlane } from "../../../components/topology";
import type { Member, Relations } from "../../../components/topology";
import type { Thing } from "../access";
import { accountOf, callerPort, gatewayPort, MADE, Pod, podOf, PORT, serviceOf } from "./names";
import type { ProbeOptions } from "./names";
import { routesIn } from "./routes";

/** An application that answers requests and makes them (https://github.com/kubernetes/kubernetes/tree/master/test/images/agnhost). */
export const IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.53";

/** Whoever has a port of its own: what its Service calls it, and what answers there says. */
function callersOf(member: Member): { name: string; port: number }[] {
  const { mesh, members } = member.in;
  const clusters = members.map(({ at: { cluster } }) => cluster.name);
  return [
    ...clusters.map((name) => ({ name, port: callerPort(member, name) })),
    ...Object.keys(mesh.ingress).map((name) => ({ name, port: gatewayPort(member, name) })),
  ];
}

/** Everything that is made in one cluster, in its order, the namespace first. */
export function objectsIn(
  relations: Relations,
  places: ReachPlace[],
  name: string,
  options: ProbeOptions,
): Thing[] {
  const at = relations.clusters.find(({ cluster }) => cluster.name === name)!;
  const [member] = at.members;
  const pods = new Set(places.filter(({ cluster }) => cluster === name).map(podOf));
  const inNamespace = (object: Thing): Thing => ({
    ...object,
    metadata: { namespace: options.namespace, ...object.metadata },
  });
  return [
    namespaceObject(member, options),
    ...[
      ...(member ? [accountObject(name)] : []),
      ...(member ? servicesOf(member) : []),
      ...(member ? policiesOf(member, places, options) : []),
      ...routesIn(relations, places, name, options),
      ...(pods.has(Pod.InMesh) ? [podObject(name, Pod.InMesh, options, member)] : []),
      ...(pods.has(Pod.OutOfMesh) ? [podObject(name, Pod.OutOfMesh, options)] : []),
    ].map(inNamespace),
  ];
}

function namespaceObject(member: Member | undefined, { namespace }: ProbeOptions): Thing {
  const labels = { ...MADE, ...(member && joining(member)) };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } };
}

/** How pods of a namespace join the mesh, by the revision that the cluster picked. */
function joining({ in: { mesh }, picks }: Member): Record<string, string> {
  if (mesh.dataPlane === DataPlane.Ambient) return { "istio.io/dataplane-mode": "ambient" };
  return picks.name === undefined
    ? { "istio-injection": "enabled" }
    : { "istio.io/rev": picks.name };
}

function accountObject(cluster: string): Thing {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: accountOf(cluster) } };
}

/** Those of all members: callers know each by its name, also where none of its pods is. */
function servicesOf(member: Member): Thing[] {
  const { mesh, members } = member.in;
  const callers = callersOf(member).map(({ port }, index) => ({ name: `tcp-${index}`, port }));
  const extra = mesh.dataPlane === DataPlane.Ambient ? callers : [];
  return members.flatMap(({ at: { cluster } }) =>
    Object.values(Pod).map((pod) => ({
      ...{ apiVersion: "v1", kind: "Service" },
      // Ambient meshes of several clusters share what says so (https://istio.io/latest/docs/ambient/install/multicluster/).
      metadata: { name: serviceOf(cluster.name, pod), labels: { "istio.io/global": "true" } },
      spec: {
        selector: { place: pod, cluster: cluster.name },
        ports: [{ name: "http", port: PORT }, ...(pod === Pod.InMesh ? extra : [])],
      },
    })),
  );
}

/** ztunnel tells a server no identity, but holds connections against policies: each caller is let in on a port of its own. */
function policiesOf(member: Member, places: ReachPlace[], { namespace }: ProbeOptions): Thing[] {
  const { mesh, members } = member.in;
  if (mesh.dataPlane !== DataPlane.Ambient) return [];
  const clients = places.filter(
    (place) => place.kind === PlaceKind.Clients && place.mesh === mesh.name,
  );
  const gateways = Object.values(keyed(clients, ({ gateway }) => gateway!));
  const rules = [
    ...members.map(({ at: { cluster } }) =>
      lettingIn(
        `${mesh.trustDomain}/ns/${namespace}/sa/${accountOf(cluster.name)}`,
        callerPort(member, cluster.name),
      ),
    ),
    ...gateways.map(({ gateway, identity }) =>
      lettingIn(identity!.replace("spiffe://", ""), gatewayPort(member, gateway!)),
    ),
  ];
  const anyone = { to: [{ operation: { ports: [String(PORT)] } }] };
  return [
    {
      ...{ apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy" },
      metadata: { name: "callers" },
      spec: {
        selector: { matchLabels: { place: Pod.InMesh } },
        action: "ALLOW",
        rules: [...rules, anyone],
      },
    },
  ];
}

function lettingIn(principal: string, port: number): Thing {
  return {
    from: [{ source: { principals: [principal] } }],
    to: [{ operation: { ports: [String(port)] } }],
  };
}

/** One that answers and asks; in ambient also on the ports of its callers. */
function podObject(cluster: string, pod: Pod, { image }: ProbeOptions, member?: Member): Thing {
  const isAmbient = member?.in.mesh.dataPlane === DataPlane.Ambient;
  const apart = { "sidecar.istio.io/inject": "false", "istio.io/dataplane-mode": "none" };
  return {
    ...{ apiVersion: "v1", kind: "Pod" },
    metadata: {
      name: pod,
      labels: { place: pod, cluster, ...(pod === Pod.OutOfMesh && apart) },
    },
    spec: {
      ...(pod === Pod.InMesh && { serviceAccountName: accountOf(cluster) }),
      securityContext: {
        ...{ runAsNonRoot: true, runAsUser: 65532 },
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [netexec(image), ...(isAmbient ? [porter(image, member)] : [])],
    },
  };
}

const LEAST_RIGHTS = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

/** Its readiness path is one that every version has. */
function netexec(image: string): Thing {
  return {
    ...{ name: "netexec", image, args: ["netexec", `--http-port=${PORT}`, "--udp-port=-1"] },
    ports: [{ containerPort: PORT }],
    readinessProbe: { httpGet: { path: "/hostname", port: PORT }, periodSeconds: 2 },
    securityContext: LEAST_RIGHTS,
  };
}

/** Says on each port whose it is. */
function porter(image: string, member: Member): Thing {
  return {
    ...{ name: "porter", image, args: ["porter"] },
    env: callersOf(member).map(({ name, port }) => ({ name: `SERVE_PORT_${port}`, value: name })),
    securityContext: LEAST_RIGHTS,
  };
}
