/** What must be open for tasks: one port both ways, the API server that makes their tokens, and whoever scrapes ztunnel. */
import { API_PORT } from "../cluster/openings";
import { gatewayBalancers } from "../istio/openings";
import { HBONE, METRICS_PORTS } from "../istio/ports";
import { Protocol } from "../network/firewall/facts";
import type { Opening, Source } from "../network/firewall/openings";
import { tasksOf } from "../topology";
import type { Member, Outside, Relations, Tasks } from "../topology";

/**
 * Tasks are called by pods of the cluster that serves them and by tasks and machines that it serves too: no other istiod of an ambient mesh reads
 * their entries (istio, pilot/pkg/serviceregistry/ambient/workloads.go). They call pods of their network, and others through gateways.
 */
export function taskOpenings(relations: Relations): Opening[] {
  return relations.meshes
    .flatMap(tasksOf)
    .flatMap((tasks) => [
      calledOn(tasks),
      ...scraped(tasks),
      ...calling(tasks),
      ...throughGateways(relations, tasks),
      apiOf(tasks),
    ]);
}

function calledOn(tasks: Tasks): Opening {
  const { controlledBy } = tasks;
  const others = neighboursOf(tasks).map((of): Source => ({ kind: "outside", of }));
  return {
    ...{ name: "hbone", to: { kind: "outside", of: tasks }, ports: [HBONE, HBONE] },
    ...{ from: [{ kind: "pods", of: controlledBy.at }, ...others], protocol: Protocol.Tcp },
    reason: "mutual TLS from pods, tasks and machines of the mesh",
  };
}

/** Tasks and machines that the same istiods serve, itself among them. */
function neighboursOf({ controlledBy }: Tasks): Outside[] {
  return controlledBy.in.outside.filter((other) => other.controlledBy === controlledBy);
}

function scraped(tasks: Tasks): Opening[] {
  const { from: cidrs = [] } = tasks.controlledBy.in.mesh.observability.metrics ?? {};
  if (cidrs.length === 0) return [];
  return [
    {
      ...{ name: "metrics", to: { kind: "outside", of: tasks } },
      ...{ from: [{ kind: "addresses", cidrs }], protocol: Protocol.Tcp },
      ...{ ports: [METRICS_PORTS.proxy, METRICS_PORTS.proxy], reason: "scrapers of ztunnel" },
    },
  ];
}

/** Members whose pods tasks call directly. */
export function nearMembers({ controlledBy }: Tasks): Member[] {
  return [controlledBy, ...controlledBy.neighbours];
}

function calling(tasks: Tasks): Opening[] {
  return nearMembers(tasks).map(({ at }) => ({
    ...{ name: "hbone", to: { kind: "pods", of: at }, from: [{ kind: "outside", of: tasks }] },
    ...{ ports: [HBONE, HBONE], protocol: Protocol.Tcp, reason: "mutual TLS from tasks" },
  }));
}

/** Gateways of the other networks, which let the whole mesh in; what is new is that tasks go out to them. */
function throughGateways(relations: Relations, tasks: Tasks): Opening[] {
  const mesh = tasks.controlledBy.in;
  return gatewayBalancers(relations)
    .filter(({ from }) => from.some((source) => source.kind === "mesh" && source.of === mesh))
    .map(({ balancer }) => balancer)
    .filter(({ forwards }) => forwards.some(({ port }) => port === HBONE))
    .filter((balancer) => balancer.in.cluster.network !== tasks.vpc.network)
    .map((balancer) => ({
      ...{ name: "hbone", to: { kind: "balancer", of: balancer } },
      ...{ from: [{ kind: "outside", of: tasks }], ports: [HBONE, HBONE] },
      ...{ protocol: Protocol.Tcp, reason: "HBONE from the networks of the mesh" },
    }));
}

function apiOf(tasks: Tasks): Opening {
  return {
    ...{ name: "api", to: { kind: "api", of: tasks.controlledBy.at } },
    ...{ from: [{ kind: "outside", of: tasks }], ports: [API_PORT, API_PORT] },
    ...{ protocol: Protocol.Tcp, reason: "tasks ask the API server for their tokens" },
  };
}
