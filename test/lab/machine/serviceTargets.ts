/** What a controller makes for a Service beside the load balancer: per port a target group, its listener and its binding. */
import { createHash } from "node:crypto";
import type { ClusterState } from "./clusterState";
import type { Json } from "./kube";
import { registrars, type BindingKind, bindingsPath } from "./registrars";
import type { Store } from "./store";

const PREFIX = "service.beta.kubernetes.io/aws-load-balancer-";

interface Place {
  readonly store: Store;
  readonly cluster: ClusterState;
  readonly kind: BindingKind;
  readonly account: string;
  readonly region: string;
}

/** `a=b,c=d` (pkg/annotations/parser.go of the controller). */
export function pairsOf(list: string | undefined): Record<string, string> {
  return Object.fromEntries(
    split(list).map((pair) => [pair.split("=")[0], pair.split("=").slice(1).join("=")]),
  );
}

export function split(list: string | undefined): string[] {
  return (list ?? "")
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
}

/** As the controller cuts them (pkg/service/model_build_target_group.go). */
export function nameOf({ metadata }: Json, ...more: (string | number)[]): string {
  const { namespace, name, uid } = metadata;
  const hash = createHash("sha256")
    .update([uid, ...more].join())
    .digest("hex")
    .slice(0, 10);
  const text = `k8s-${namespace.slice(0, 8)}-${name.slice(0, 8)}-${hash}`;
  return text.replace(/[^a-z0-9-]/g, "");
}

const groupArn = ({ account, region }: Place, service: Json, port: number): string =>
  `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/` +
  `${nameOf(service, port)}/${service.metadata.uid.slice(-12)}`;

function targetGroup(place: Place, service: Json, port: number): Json {
  const notes = service.metadata.annotations ?? {};
  const attributes = pairsOf(notes[`${PREFIX}target-group-attributes`]);
  return {
    arn: groupArn(place, service, port),
    name: nameOf(service, port),
    healthCheck: {
      protocol: notes[`${PREFIX}healthcheck-protocol`],
      port: notes[`${PREFIX}healthcheck-port`],
      path: notes[`${PREFIX}healthcheck-path`],
    },
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
    deregistrationDelay: Number(attributes["deregistration_delay.timeout_seconds"] ?? 300),
    connectionTermination:
      attributes["deregistration_delay.connection_termination.enabled"] === "true",
    tags: { "eks:eks-cluster-name": place.cluster.name },
  };
}

/** Brings target groups, listeners and bindings in line with the ports of a Service. */
export async function writeTargets(place: Place, loadBalancerArn: string, service: Json) {
  const { store, cluster, kind, account, region } = place;
  const write = (type: string, id: string, outputs: Json) =>
    store.write({ type, id, account, region, inputs: {}, outputs });
  const ports: number[] = service.spec.ports.map((one: Json) => one.port);
  await removeTargets(place, loadBalancerArn, service, ports);
  for (const port of ports) {
    const group = targetGroup(place, service, port);
    write("lb.TargetGroup", group.arn, group);
    const defaultActions = [{ type: "forward", targetGroupArn: group.arn }];
    const listener = { loadBalancerArn, port, defaultActions };
    write("lb.Listener", `${loadBalancerArn}/${port}`, listener);
    if (cluster.all(kind).some(({ metadata }) => metadata.name === group.name)) continue;
    await cluster.kube.apply(
      `${bindingsPath(place.kind, service.metadata.namespace)}/${group.name}`,
      {
        apiVersion: registrars[kind].api,
        kind: "TargetGroupBinding",
        metadata: { name: group.name, namespace: service.metadata.namespace },
        spec: {
          targetGroupARN: group.arn,
          targetType: "ip",
          serviceRef: { name: service.metadata.name, port },
        },
      },
    );
  }
}

/** Removes what a load balancer has for other ports than these. */
export async function removeTargets(
  place: Place,
  loadBalancerArn: string,
  service: Json,
  ports: readonly number[] = [],
) {
  const { store, cluster } = place;
  const listeners = store
    .outputs("lb.Listener")
    .filter((one) => one.loadBalancerArn === loadBalancerArn && !ports.includes(one.port));
  for (const { port } of listeners) {
    store.remove("lb.Listener", `${loadBalancerArn}/${port}`);
    await cluster.kube.delete(
      `${bindingsPath(place.kind, service.metadata.namespace)}/${nameOf(service, port)}`,
    );
    store.remove("lb.TargetGroup", groupArn(place, service, port));
  }
}
