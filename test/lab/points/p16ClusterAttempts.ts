/** What whoever administers a tenant of one cluster tries there and in clusters of others, and what should stop it. Names are those of the shipped file. */
import { apis, core, create, networking, type Attempt } from "./p16Attempt";

/** An attempt by somebody at the API server of a cluster. */
export interface ClusterAttempt extends Attempt {
  /** Whoever administers the tenant, or everything. */
  readonly as: "team-a" | "platform";
  readonly at: "east" | "west";
}

const mine =
  (at: ClusterAttempt["at"]) =>
  (attempt: Attempt): ClusterAttempt => ({ as: "team-a", at, ...attempt });

const read = (what: string, stop: Attempt["stop"], path: string): Attempt => ({
  ...{ what, stop, method: "GET", path },
});

const namespace = (what: string, stop: Attempt["stop"], name: string, says?: RegExp): Attempt =>
  create(
    what,
    stop,
    "/api/v1/namespaces",
    "v1",
    "Namespace",
    { metadata: { name, labels: { "istio-patterns/tenant": "team-b" } } },
    says,
  );

const token = { spec: { audiences: ["istio-ca"] } };

const entry = (what: string, host: string, spec: object, says: RegExp): Attempt =>
  create(
    what,
    "admission",
    apis(networking, "team-a-web", "serviceentries"),
    networking,
    "ServiceEntry",
    {
      spec: {
        ...{ hosts: [host], ports: [{ number: 8080, name: "http", protocol: "HTTP" }] },
        ...{ resolution: "STATIC", ...spec },
      },
    },
    says,
  );

const inOwn: Attempt[] = [
  namespace("makes a namespace of another tenant's name in its own cluster", "rights", "team-b-x"),
  namespace("makes the very namespace of another tenant there", "rights", "team-b-web"),
  read(
    "reads the keys of the istiod beside it",
    "rights",
    `${core("istio-system", "secrets")}/cacerts`,
  ),
  read("reads how its istiod enters the other cluster", "rights", core("istio-system", "secrets")),
  create(
    "makes a token of its istiod",
    "rights",
    core("istio-system", "serviceaccounts/istiod/token"),
    "authentication.k8s.io/v1",
    "TokenRequest",
    token,
  ),
  entry(
    "answers for a host of the other cluster's tenant",
    "web.team-b-web.svc.cluster.local",
    { endpoints: [{ address: "203.0.113.9" }] },
    /hosts: DNS names outside/,
  ),
  entry(
    "leads to a pod of the other cluster",
    "api.partner.example",
    { endpoints: [{ address: "10.20.0.9" }] },
    /endpoints: each an address outside/,
  ),
  entry(
    "leads to the other cluster's gateway by its network",
    "api.partner.example",
    { endpoints: [{ address: "203.0.113.9", network: "net-west" }] },
    /endpoints: neither a network/,
  ),
  create(
    "shows a Service to the other cluster's tenant",
    "admission",
    core("team-a-web", "services"),
    "v1",
    "Service",
    {
      metadata: { annotations: { "networking.istio.io/exportTo": "team-b-web" } },
      spec: { selector: { app: "web" }, ports: [{ name: "http", port: 8080 }] },
    },
    /exportTo: only/,
  ),
  create(
    "makes a Service known in all clusters",
    "rights",
    apis("multicluster.x-k8s.io/v1alpha1", "team-a-web", "serviceexports"),
    "multicluster.x-k8s.io/v1alpha1",
    "ServiceExport",
    {},
  ),
  read("reads its own Secrets", "nobody", core("team-a-web", "secrets")),
];

const inOthers: Attempt[] = [
  read(
    "reads another tenant's Secrets in that tenant's cluster",
    "entry",
    core("team-b-web", "secrets"),
  ),
  read("reads Secrets of its own namespaces' names there", "entry", core("team-a-web", "secrets")),
  create(
    "makes a token of another tenant's account there",
    "entry",
    core("team-b-web", "serviceaccounts/default/token"),
    "authentication.k8s.io/v1",
    "TokenRequest",
    token,
  ),
];

const ofAnother = /begins as those of a tenant that has other clusters/;

const byPlatform: ClusterAttempt[] = [
  {
    ...{ as: "platform", at: "east" },
    ...namespace(
      "even who administers the cluster makes no namespace of a tenant that is elsewhere",
      "admission",
      "team-b-new",
      ofAnother,
    ),
  },
  {
    ...{ as: "platform", at: "west" },
    ...namespace("the same in the other cluster", "admission", "team-a-web", ofAnother),
  },
  {
    ...{ as: "platform", at: "west" },
    ...namespace(
      "who administers the cluster makes one of the tenant's own",
      "nobody",
      "team-b-new",
    ),
  },
];

export const clusterAttempts: readonly ClusterAttempt[] = [
  ...inOwn.map(mine("east")),
  ...inOthers.map(mine("west")),
  ...byPlatform,
];
