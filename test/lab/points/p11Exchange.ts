/** What one mesh offers to another in shipped files, who calls it, and what the other mesh's own people try beside it. */
import type { Json } from "../machine/kube";
import type { Cluster } from "../machine/machine";
import { demandAnswer, demandRefusal, image, podOf, port, type Caller } from "../run/applications";
import type { Session } from "../run/session";
import { deploymentOf, removeNamespace } from "../run/workload";

/** Names of an exporting and an importing mesh. */
export interface Exchange {
  readonly exporting: string;
  readonly importing: string;
}

export const offered = { namespace: "pay", name: "payments" } as const;
/** Beside it in the same namespace, and exported to nobody. */
export const secret = "ledger";
/** In the importing mesh: allowed, and not. */
const allowed = "frontend";
const stranger = "backend";
/** In the exporting mesh. */
const own = "till";

export const hostOf = (name: string): string => `${name}.${offered.namespace}.svc.cluster.local`;

/** Both meshes, which have a cluster each here. */
export interface Ends {
  readonly exporter: Cluster;
  readonly importer: Cluster;
  /** Whoever may call it, whoever may not, and whoever always could. */
  readonly frontend: Caller;
  readonly backend: Caller;
  readonly local: Caller;
  /** Who those in the importing and in the exporting mesh are. */
  readonly identities: { readonly frontend: string; readonly local: string };
  /** Name of the import. */
  readonly imported: string;
}

export function endsOf(session: Session, { exporting, importing }: Exchange): Ends {
  const { meshes } = session.topology;
  const clusterOf = (mesh: string) => session.cluster(Object.keys(meshes[mesh].members)[0]);
  const [exporter, importer] = [clusterOf(exporting), clusterOf(importing)];
  const identity = (mesh: string, namespace: string) =>
    `spiffe://${meshes[mesh].trustDomain}/ns/${namespace}/sa/web`;
  return {
    ...{ exporter, importer },
    frontend: { cluster: importer, namespace: allowed, name: "web" },
    backend: { cluster: importer, namespace: stranger, name: "web" },
    local: { cluster: exporter, namespace: own, name: "web" },
    identities: { frontend: identity(importing, allowed), local: identity(exporting, own) },
    imported: `${exporting}.${offered.name}.${offered.namespace}`,
  };
}

export async function deploy(
  { kube }: Cluster,
  namespace: string,
  name: string,
  labels: Json = { "istio-injection": "enabled" },
): Promise<void> {
  const core = `/api/v1/namespaces/${namespace}`;
  const object = (kind: string, metadata: Json, rest: Json = {}): Json => ({
    ...{ apiVersion: "v1", kind, metadata },
    ...rest,
  });
  await kube.apply(core, object("Namespace", { name: namespace, labels }));
  await kube.apply(`${core}/serviceaccounts/${name}`, object("ServiceAccount", { name }));
  const spec = {
    selector: { app: name },
    ports: [
      { name: "http", port, targetPort: port },
      // Of the same pods, and not exported.
      { name: "http-admin", port: port + 1, targetPort: port },
    ],
  };
  await kube.apply(`${core}/services/${name}`, object("Service", { name }, { spec }));
  const container = {
    ...{ name: "agnhost", image, args: ["netexec", `--http-port=${port}`] },
    ports: [{ containerPort: port }],
    readinessProbe: { httpGet: { path: "/readyz", port } },
    securityContext: { runAsUser: 65532 },
  };
  const pod = deploymentOf(name, { serviceAccountName: name, containers: [container] });
  await kube.apply(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, pod);
}

export async function deployEnds({ exporter, frontend, backend, local }: Ends): Promise<void> {
  const { namespace, name } = offered;
  const there = [name, secret].map((one) => ({ cluster: exporter, namespace, name: one }));
  const all = [...there, frontend, backend, local];
  for (const one of all) await deploy(one.cluster, one.namespace, one.name);
  for (const one of there) await podOf(one.cluster, one.namespace, one.name);
}

export async function removeEnds({ exporter, importer }: Ends): Promise<void> {
  for (const namespace of [allowed, stranger]) await removeNamespace(importer, namespace);
  for (const namespace of [offered.namespace, own]) await removeNamespace(exporter, namespace);
}

export async function demandOffer({ frontend, local, identities }: Ends): Promise<void> {
  await demandAnswer(frontend, hostOf(offered.name), identities.frontend);
  await demandAnswer(local, hostOf(offered.name), identities.local);
}

/** What a client asks a gateway of another mesh for. */
export const serverNameOf = (host: string, number = port) => `outbound_.${number}_._.${host}`;

/**
 * A ServiceEntry of the other mesh's own making: it may name whatever it likes, so that what stops it is on this side.
 */
function bornOf(imported: Json, name: string, host: string, exportTo: string[]): Json {
  const { spec } = imported;
  const [first] = spec.ports as Json[];
  return {
    ...{ apiVersion: "networking.istio.io/v1", kind: "ServiceEntry", metadata: { name } },
    spec: { ...spec, hosts: [host], exportTo, ports: [{ ...first, number: port }] },
  };
}

function ruleOf(name: string, host: string, sni: string, exportTo: string[]): Json {
  const settings = { port: { number: port }, tls: { mode: "ISTIO_MUTUAL", sni } };
  return {
    ...{ apiVersion: "networking.istio.io/v1", kind: "DestinationRule", metadata: { name } },
    spec: { host, exportTo, trafficPolicy: { portLevelSettings: [settings] } },
  };
}

const istio = (kind: string, name: string) =>
  `/apis/networking.istio.io/v1/namespaces/istio-system/${kind}/${name}`;

/** What whoever administers the importing mesh asks the gateway for, though it was not exported, and what should stop it. */
export interface Try {
  readonly name: string;
  readonly what: string;
  readonly stop: string;
  readonly as: string;
  readonly from: "frontend" | "backend";
}

export const tries: readonly Try[] = [
  {
    name: "borrowed",
    what: "asks for what is exported from a namespace that it is not for",
    stop: "AuthorizationPolicy",
    as: serverNameOf(hostOf(offered.name)),
    from: "backend",
  },
  {
    name: "hidden",
    what: "asks for a host that is not exported",
    stop: "the gateway has no way to it",
    as: serverNameOf(hostOf(secret)),
    from: "frontend",
  },
  {
    name: "admin",
    what: "asks for a port that is not exported, of a host that is",
    stop: "AuthorizationPolicy",
    as: serverNameOf(hostOf(offered.name), port + 1),
    from: "frontend",
  },
  {
    name: "subset",
    what: "asks for a subset of it",
    stop: "the gateway has no way to it",
    as: `outbound_.${port}_.v1_.${hostOf(offered.name)}`,
    from: "frontend",
  },
  {
    name: "wild",
    what: "asks for every host by a wildcard",
    stop: "the gateway has no way to it",
    as: serverNameOf("*.svc.cluster.local"),
    from: "frontend",
  },
];

/** Writes what asks the other mesh for whatever it names, and gives the name that clients here call it by. */
export type Writes = (name: string, as: string) => Promise<string>;

/** What whoever administers the importing mesh writes: it outlives the import that it is made of. */
export async function writesOf({ importer: { kube }, imported }: Ends): Promise<Writes> {
  const own = await kube.get(istio("serviceentries", imported));
  const both = [stranger, allowed];
  return async (name, as) => {
    const host = `${name}.example`;
    await kube.apply(istio("serviceentries", name), bornOf(own, name, host, both));
    await kube.apply(istio("destinationrules", name), ruleOf(name, host, as, both));
    return host;
  };
}

export async function unwrite({ importer: { kube } }: Ends, names: string[]): Promise<void> {
  for (const name of names) {
    await kube.delete(istio("serviceentries", name));
    await kube.delete(istio("destinationrules", name));
  }
}

/** Asks for it all, and in between for what is exported, by the same way: so what is refused is no lack of time. */
export async function demandTriesRefused(ends: Ends, all: readonly Try[] = tries): Promise<void> {
  const write = await writesOf(ends);
  for (const { name, as } of all) await write(name, as);
  // Of a name that no earlier call has left in a proxy: what it is known after is known too.
  const last = `after-${all[0].name}`;
  const right = await write(last, serverNameOf(hostOf(offered.name)));
  await demandAnswer(ends.frontend, right, ends.identities.frontend);
  for (const { name, from } of all)
    await demandRefusal(
      ends[from],
      `${name}.example`,
      /RBAC: access denied|upstream connect error|reset|EOF/,
    );
  await unwrite(ends, [...all.map((one) => one.name), last]);
}
