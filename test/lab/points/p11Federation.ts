import type { Json } from "../machine/kube";
import type { Cluster } from "../machine/machine";
import { demandAnswer, demandRefusal, image, podOf, port, type Caller } from "../run/applications";
import { only, type Check } from "../run/check";
import type { Session } from "../run/session";
import { deploymentOf, removeNamespace } from "../run/workload";

const shown = "04-multi-mesh";

/** Names that the shipped file has for what one mesh offers, and to whom. */
const offered = { mesh: "bank", namespace: "pay", name: "payments" } as const;
const importing = { mesh: "shop", namespace: "frontend" } as const;
/** Beside it in the same namespace, and exported to nobody. */
const secret = "ledger";
/** In the importing mesh, and not allowed. */
const stranger = "backend";

const hostOf = (name: string): string => `${name}.${offered.namespace}.svc.cluster.local`;

/** A cluster that a mesh is in: each has one here. */
function clusterOf({ topology, cluster }: Session, mesh: string): Cluster {
  const [name] = Object.keys(topology.meshes[mesh].members);
  return cluster(name);
}

async function deploy({ kube }: Cluster, namespace: string, name: string): Promise<void> {
  const core = `/api/v1/namespaces/${namespace}`;
  const labels = { "istio-injection": "enabled" };
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

const callers = (session: Session) => {
  const shop = clusterOf(session, importing.mesh);
  const bank = clusterOf(session, offered.mesh);
  return {
    ...{ shop, bank },
    frontend: { cluster: shop, namespace: importing.namespace, name: "web" },
    backend: { cluster: shop, namespace: stranger, name: "web" },
    local: { cluster: bank, namespace: "till", name: "web" },
  };
};

/**
 * A ServiceEntry of the other mesh's own making: it may name whatever it likes, so that what stops it is on this side.
 */
function bornOf(
  imported: Json,
  name: string,
  host: string,
  exportTo: string[],
  number = port,
): Json {
  const { spec } = imported;
  const [first] = spec.ports as Json[];
  return {
    ...{ apiVersion: "networking.istio.io/v1", kind: "ServiceEntry", metadata: { name } },
    spec: { ...spec, hosts: [host], exportTo, ports: [{ ...first, number }] },
  };
}

function ruleOf(name: string, host: string, sni: string, exportTo: string[], number = port): Json {
  const settings = { port: { number }, tls: { mode: "ISTIO_MUTUAL", sni } };
  return {
    ...{ apiVersion: "networking.istio.io/v1", kind: "DestinationRule", metadata: { name } },
    spec: { host, exportTo, trafficPolicy: { portLevelSettings: [settings] } },
  };
}

const istio = (kind: string, name: string) =>
  `/apis/networking.istio.io/v1/namespaces/istio-system/${kind}/${name}`;

const federated: Check = {
  key: "federated",
  whole: true,
  point: 11,
  title: "another mesh calls what is exported to it as who it is, and nothing else",
  skip: only(shown),
  async run(session) {
    const { shop, bank, frontend, backend, local } = callers(session);
    await deploy(bank, offered.namespace, offered.name);
    await deploy(bank, offered.namespace, secret);
    for (const { cluster, namespace, name } of [frontend, backend, local])
      await deploy(cluster, namespace, name);
    await podOf(bank, offered.namespace, offered.name);
    await podOf(bank, offered.namespace, secret);

    const { name, namespace } = offered;
    await demandAnswer(frontend, hostOf(name), "spiffe://shop.example/ns/frontend/sa/web");
    await demandAnswer(local, hostOf(name), "spiffe://bank.example/ns/till/sa/web");
    // Its name is nobody's where it is not allowed.
    await demandRefusal(
      backend,
      hostOf(name),
      /no such host|lookup|deadline exceeded|timeout|refused/,
    );
    const { status } = await podOf(bank, namespace, name);
    await demandRefusal(
      frontend,
      status.podIP as string,
      /deadline exceeded|timeout|refused|reset|no route|EOF/,
    );
    await attacks(shop, backend, frontend);
  },
};

/** Whoever administers the importing mesh tries what was not exported. */
async function attacks(shop: Cluster, backend: Caller, frontend: Caller): Promise<void> {
  const imported = await shop.kube.get(istio("serviceentries", "bank.payments.pay"));
  const sni = (host: string, number = port) => `outbound_.${number}_._.${host}`;
  const both = [stranger, importing.namespace];
  const tries = [
    // The right host, from a namespace that it is not for.
    { name: "borrowed", host: "borrowed.example", as: sni(hostOf(offered.name)), from: backend },
    // A host that is not exported: the gateway has no chain for it.
    { name: "hidden", host: "hidden.example", as: sni(hostOf(secret)), from: frontend },
    // A port that is not exported, of a host that is: the gateway leads there, and the policy refuses.
    {
      name: "admin",
      host: "admin.example",
      as: sni(hostOf(offered.name), port + 1),
      from: frontend,
    },
    // A subset that nobody has.
    {
      name: "subset",
      host: "subset.example",
      as: `outbound_.${port}_.v1_.${hostOf(offered.name)}`,
      from: frontend,
    },
    // No name at all that a Service has.
    {
      name: "wild",
      host: "wild.example",
      as: "outbound_.8080_._.*.svc.cluster.local",
      from: frontend,
    },
  ];
  for (const { name, host, as } of tries) {
    await shop.kube.apply(istio("serviceentries", name), bornOf(imported, name, host, both));
    await shop.kube.apply(istio("destinationrules", name), ruleOf(name, host, as, both));
  }
  // Through the same way, so that what follows is no lack of time: the right host from the right namespace.
  const right = "allowed.example";
  await shop.kube.apply(
    istio("serviceentries", "allowed"),
    bornOf(imported, "allowed", right, both),
  );
  const rule = ruleOf("allowed", right, sni(hostOf(offered.name)), both);
  await shop.kube.apply(istio("destinationrules", "allowed"), rule);
  await demandAnswer(frontend, right, "spiffe://shop.example/ns/frontend/sa/web");
  for (const { host, from } of tries)
    await demandRefusal(from, host, /RBAC: access denied|upstream connect error|reset|EOF/);
  for (const name of [...tries.map((one) => one.name), "allowed"]) {
    await shop.kube.delete(istio("serviceentries", name));
    await shop.kube.delete(istio("destinationrules", name));
  }
}

const parted: Check = {
  key: "federated-gone",
  whole: true,
  point: 11,
  title: "what was deployed for it is gone",
  skip: only(shown),
  async run(session) {
    const { shop, bank } = callers(session);
    for (const namespace of [importing.namespace, stranger]) await removeNamespace(shop, namespace);
    for (const namespace of [offered.namespace, "till"]) await removeNamespace(bank, namespace);
  },
};

export const federationChecks = [federated, parted] as const satisfies readonly Check[];
