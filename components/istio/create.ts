/** Everything of Istio's from the plan, in order. */
import type * as pulumi from "@pulumi/pulumi";
import { createAddresses, createBindings } from "./addresses/create";
import type { RoomOptions } from "../options";
import type { VpcHandle } from "../handles";
import { lookUp, mapValues } from "../records";
import { istiodKey, memberKey } from "../topology";
import {
  createControlPlanes,
  createGateways,
  createMeshConfigurations,
  createRelays,
  createRemotes,
  createTags,
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
  /** VPCs by id of the plan. */
  vpcs: Record<string, VpcHandle>;
  /** Ids of the load balancers' security groups, by gateway key and by istiod key. */
  securityGroups: Record<string, pulumi.Input<string>>;
}

/** What a step waits for, by member key. */
type Lists = Record<string, pulumi.Resource[]>;

/** What Istio gives to other rooms. */
export interface IstioOutputs {
  /** Addresses of the gateways, by gateway key. */
  gateways: Record<string, pulumi.Output<string>>;
  /** Ingress gateways, by gateway key. */
  ingress: Record<string, pulumi.Resource>;
  /** What configuration of the mesh waits for, by member key. */
  ready: Lists;
}

/** Control planes, what remotes need, and gateways: step by step, where a member's next step waits for what the last one made of it. */
export function createIstio(
  name: string,
  plan: IstioPlan,
  { roots, namespaces, access, vpcs, securityGroups }: IstioNeeds,
  { aws, cluster: options }: RoomOptions,
): IstioOutputs {
  const targetGroups = createAddresses(name, plan, { vpcs, securityGroups }, aws);
  const named = lists(namespaces);
  const remotes = createRemotes(name, plan, { roots, after: named }, options);
  const bindings = createBindings(name, plan, { targetGroups, after: named }, options);
  const bound = byMember(plan, bindings);
  const mayWatch = joined(named, toldBy(plan, namespaces), access.before, bound);
  const controlPlanes = createControlPlanes(
    name,
    plan,
    { roots, after: mayWatch, remotes },
    options,
  );
  const relays = createRelays(name, plan, { namespaces, controlPlanes }, options);
  const seenBy = mapValues(plan.remotes, (remote) => secretsOf(remote, access.secrets));
  const served = joined(lists(controlPlanes), lists(remotes), relays, seenBy);
  createTags(name, plan, { roots, after: served }, options);
  const configurations = createMeshConfigurations(name, plan, { after: served }, options);
  const configured = joined(served, lists(configurations));
  const made = createGateways(name, plan, { securityGroups, after: configured }, options);
  return { gateways: made.addresses, ingress: made.ingress, ready: configured };
}

/** Namespaces of the members that tell a control plane's named revisions their trust domain. */
function toldBy({ controlPlanes }: IstioPlan, namespaces: Record<string, pulumi.Resource>): Lists {
  return mapValues(controlPlanes, ({ mesh, toldBy: members }) =>
    members.map((member) => lookUp(namespaces, memberKey(mesh, member))),
  );
}

/** The Secrets by which the istiods that serve a remote see it. */
function secretsOf({ mesh, servers }: RemotePlan, secrets: Record<string, pulumi.Resource>) {
  return servers.flatMap((server) => secrets[memberKey(mesh, server)] ?? []);
}

/** The bindings of each control plane's istiods, by its member key. */
function byMember({ controlPlanes }: IstioPlan, bindings: Record<string, pulumi.Resource>): Lists {
  return mapValues(controlPlanes, ({ mesh, cluster, istiods }) =>
    istiods.flatMap(({ revision }) => bindings[istiodKey(mesh, cluster, revision)] ?? []),
  );
}

function lists(one: Record<string, pulumi.Resource>): Lists {
  return mapValues(one, (resource) => [resource]);
}

/** Every list of each key, one after the other. */
function joined(...all: Lists[]): Lists {
  const keys = new Set(all.flatMap((one) => Object.keys(one)));
  return Object.fromEntries([...keys].map((key) => [key, all.flatMap((one) => one[key] ?? [])]));
}
