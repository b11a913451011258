/** What is found standing in one cluster. Plain: what it means is said elsewhere. */

/** What was read, or the one line of why it could not be. */
export type Reading<T> = { value: T } | { failed: string };

export interface ObservedCluster {
  name: string;
  controlPlanes: ObservedControlPlane[];
  members: ObservedMember[];
  exchanges: ObservedExchange[];
  /** Why nothing was read; the rest is empty then. */
  unreachable?: string;
}

export interface ObservedControlPlane {
  mesh: string;
  pods: Reading<ObservedIstiod[]>;
  /** What it signs with. */
  signing: Reading<ObservedSigning | undefined>;
}

/** One pod of an istiod. */
export interface ObservedIstiod {
  name: string;
  revision: string;
  /** In its image's tag; absent where that is another name. */
  version?: string;
  ready: boolean;
  /** Asked of its debug pages; absent while it is not ready. */
  debug?: Reading<ObservedDebug>;
}

export interface ObservedDebug {
  /** Other clusters, and whether it has read them: `synced`, `timeout`, `syncing`, `closed` (istio, pkg/kube/multicluster/cluster.go). */
  clusters: { id: string; status: string }[];
  proxies: ObservedProxy[];
}

/** One proxy that is connected to an istiod. */
export interface ObservedProxy {
  id: string;
  cluster: string;
  /** Configuration that was sent and is not accepted. */
  behind: { kind: string; since: string; refused?: string }[];
}

/** PEM files of the Secret `cacerts`, without the key. */
export interface ObservedSigning {
  certificate: string;
  roots: string;
}

export interface ObservedMember {
  mesh: string;
  /** Label of the system namespace; absent where it has none. */
  network: Reading<string | undefined>;
  /** Root certificates that workloads are given. */
  roots: Reading<string | undefined>;
  gateways: ObservedGateway[];
}

export interface ObservedGateway {
  key: string;
  service: Reading<ObservedService | undefined>;
}

export interface ObservedService {
  name: string;
  /** Of its load balancer. */
  addresses: string[];
  /** Pods behind it that are ready. */
  ready: number;
}

/** What a mesh's objects say. */
export interface Exchanged {
  hosts: string[];
  peers: string[];
}

/** What is found of what a mesh exchanges; each absent where the cluster holds nothing of it. */
export interface ObservedExchange {
  mesh: string;
  said?: Reading<Exchanged>;
  /** Trust domains whose roots its istiods tell workloads. */
  domains?: Reading<string[]>;
}
