import { Watched, type Json, type Kube } from "./kube";

const apis = {
  services: "/api/v1/services",
  slices: "/apis/discovery.k8s.io/v1/endpointslices",
  deployments: "/apis/apps/v1/deployments",
  policies: "/apis/networking.k8s.io/v1/networkpolicies",
  namespaces: "/api/v1/namespaces",
  pods: "/api/v1/pods",
  autoBindings: "/apis/eks.amazonaws.com/v1/targetgroupbindings",
  controllerBindings: "/apis/elbv2.k8s.aws/v1beta1/targetgroupbindings",
} as const;

type Sources = Record<keyof typeof apis, Watched>;

export interface Target {
  readonly address: string;
  readonly port: number;
}

/** A pod behind a Service; without the pod where somebody else wrote its address. */
export interface Endpoint extends Target {
  readonly pod?: Json;
  readonly ready: boolean;
  readonly terminating: boolean;
}

/** What the cloud's controllers look at in one cluster. */
export class ClusterState {
  readonly #watched: Sources;

  constructor(
    readonly name: string,
    readonly index: number,
    readonly region: string,
    readonly kube: Kube,
  ) {
    const watch = ([kind, path]: [string, string]) => [kind, new Watched(kube, path)];
    this.#watched = Object.fromEntries(Object.entries(apis).map(watch)) as Sources;
  }

  stop(): void {
    Object.values(this.#watched).forEach((watched) => watched.stop());
  }

  all(kind: keyof typeof apis): Json[] {
    return [...this.#watched[kind].items.values()];
  }

  service(namespace: string, name: string): Json | undefined {
    return this.#watched.services.items.get(`${namespace}/${name}`);
  }

  /** Ready pods behind a Service; for one port, or for whatever they listen on. */
  targets(namespace: string, service: string, port?: string | number): Target[] {
    return this.endpoints(namespace, service, port).filter(({ ready }) => ready);
  }

  /** Everything behind a Service; for one port, or for whatever it listens on. */
  endpoints(namespace: string, service: string, port?: string | number): Endpoint[] {
    const ports: Json[] = this.service(namespace, service)?.spec.ports ?? [];
    const named = ports.find((one) => one.port === port || one.name === port);
    if (port !== undefined && !named) return [];
    const mine = ({ metadata }: Json) =>
      metadata.namespace === namespace &&
      metadata.labels?.["kubernetes.io/service-name"] === service;
    return this.all("slices")
      .filter(mine)
      .flatMap(({ endpoints, ports: slicePorts }) => {
        const wanted = (slicePorts ?? []).find(
          (one: Json) => port === undefined || (one.name ?? "") === (named.name ?? ""),
        );
        if (!wanted) return [];
        return (endpoints ?? []).flatMap((one: Json) => this.#endpoints(namespace, one, wanted));
      });
  }

  #endpoints(namespace: string, { addresses, conditions, targetRef }: Json, { port }: Json) {
    const pod = this.#watched.pods.items.get(`${namespace}/${targetRef?.name}`);
    const ready = conditions?.ready !== false;
    const terminating = conditions?.terminating === true;
    return addresses.map((address: string) => ({ address, port, pod, ready, terminating }));
  }
}
