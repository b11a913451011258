/** Everything of Istio's from the plan, in order. */
import type * as pulumi from "@pulumi/pulumi";
import type { TargetGroups } from "../network/internal/createIstiodAddresses";
import type { ClusterOptions } from "../options";
import { mapValues } from "../records";
import { memberKey } from "../topology";
import {
  createControlPlanes,
  createGateways,
  createMeshConfigurations,
  createRelays,
  createRemotes,
  createTargetBindings,
} from "./createMembers";
import type { IstioPlan, RemotePlan } from "./facts";

/** What Istio needs from other rooms. */
export interface IstioNeeds {
  /** PEM of the root certificates, by mesh. */
  roots: Record<string, pulumi.Input<string>>;
  /** Istio's namespace, by member key. */
  namespaces: Record<string, pulumi.Resource>;
  access: {
    /** What an istiod must wait for, by member key. */
    before: Record<string, pulumi.Resource[]>;
    /** Secrets by which an istiod sees other clusters, by its member key. */
    secrets: Record<string, pulumi.Resource>;
  };
  /** Target groups of istiods' load balancers, by istiod key. */
  targetGroups: Record<string, TargetGroups>;
  /** Ids of the gateways' security groups, by gateway key. */
  securityGroups: Record<string, pulumi.Input<string>>;
}

type Lists = Record<string, pulumi.Resource[]>;

/** Control planes, what remotes need, and gateways; returns the addresses of the gateways, by gateway key. */
export function createIstio(
  name: string,
  plan: IstioPlan,
  { roots, namespaces, access, targetGroups, securityGroups }: IstioNeeds,
  options: ClusterOptions,
): Record<string, pulumi.Output<string>> {
  const own = lists(namespaces);
  const remotes = createRemotes(name, plan, { roots, after: own }, options);
  const first = joined(own, access.before);
  const controlPlanes = createControlPlanes(name, plan, { roots, after: first, remotes }, options);
  const bindings = createTargetBindings(name, plan, { targetGroups, controlPlanes }, options);
  const relays = createRelays(name, plan, { namespaces, bindings }, options);
  const seen = mapValues(plan.remotes, (remote) => secretsOf(remote, access.secrets));
  const ready = joined(lists(controlPlanes), lists(remotes), relays, seen);
  const configurations = createMeshConfigurations(name, plan, { after: ready }, options);
  const after = joined(ready, lists(configurations));
  return createGateways(name, plan, { securityGroups, after }, options);
}

/** The Secrets by which the istiods that serve a remote see it. */
function secretsOf({ mesh, servers }: RemotePlan, secrets: Record<string, pulumi.Resource>) {
  return servers.flatMap((server) => secrets[memberKey(mesh, server)] ?? []);
}

function lists(one: Record<string, pulumi.Resource>): Lists {
  return mapValues(one, (resource) => [resource]);
}

/** Every list of each key, one after the other. */
function joined(...all: Lists[]): Lists {
  const keys = new Set(all.flatMap((one) => Object.keys(one)));
  return Object.fromEntries([...keys].map((key) => [key, all.flatMap((one) => one[key] ?? [])]));
}
