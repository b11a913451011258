/** The steps of Istio's: each makes one kind of component for every member of every mesh. */
import type * as pulumi from "@pulumi/pulumi";
import { waitingFor } from "../options";
import type { ClusterOptions } from "../options";
import { lookUp, mapValues } from "../records";
import {
  DEFAULT_REVISION,
  EAST_WEST_GATEWAY,
  istiodName,
  logicalName,
  memberKey,
} from "../topology";
import { EastWestGateway } from "./gateways/eastWestGateway";
import { GatewayApiCrds } from "./gateways/gatewayApiCrds";
import { IngressGateway } from "./gateways/ingressGateway";
import { hasNodeAgents } from "./controlPlane/agents";
import { IstioControlPlane } from "./controlPlane/istioControlPlane";
import { IstiodRelay } from "./relay/istiodRelay";
import { RevisionTag } from "./revisions/revisionTag";
import { IstioRemote } from "./remote/istioRemote";
import { MeshConfiguration } from "./controlPlane/meshConfiguration";
import type { IstioPlan, RemotePlan } from "./facts";
import { SystemNamespace } from "../trust/systemNamespace";
import type {
  SigningCertificate,
  SystemNamespaceArgs,
  WatchedCluster,
} from "../trust/systemNamespace";

/** Istio's namespace in every member of every mesh and wherever istiod runs, by member key. */
export function createNamespaces(
  name: string,
  { controlPlanes, remotes }: IstioPlan,
  { certificates }: { certificates: Record<string, SigningCertificate> },
  options: ClusterOptions,
): Record<string, pulumi.Resource> {
  const create = (key: string, cluster: string, args: SystemNamespaceArgs) =>
    new SystemNamespace(logicalName(name, key, "system"), args, options(cluster));
  return {
    ...mapValues(controlPlanes, ({ cluster, ...own }, key) => {
      const { namespace, network, loadBalancers } = own;
      const signing = certificates[key];
      const place = { namespace, network, nodeAgents: hasNodeAgents(own), loadBalancers };
      return create(key, cluster, { ...place, signing });
    }),
    ...mapValues(remotes, ({ cluster, ...remote }, key) => {
      const { namespace, network, loadBalancers, controlPlaneClusters } = remote;
      const place = { namespace, network, nodeAgents: hasNodeAgents(remote), loadBalancers };
      const watched = watchedAs(remote);
      return create(key, cluster, { ...place, controlPlaneClusters, watched });
    }),
  };
}

/** What istiods elsewhere are told of a remote: where they run too, their own releases say it. */
function watchedAs({
  trustDomain,
  revisions,
}: Pick<RemotePlan, "trustDomain" | "revisions">): WatchedCluster {
  return { trustDomain, revisions: revisions.map(({ revision = DEFAULT_REVISION }) => revision) };
}

/** What control planes and remotes need from other rooms. */
export interface IstioInputs {
  /** PEM of the root certificates, by mesh. */
  roots: Record<string, pulumi.Input<string>>;
  /** What must exist first, by member key. */
  after: Record<string, pulumi.Resource[]>;
}

/** Every member that an istiod elsewhere serves, by member key. */
export function createRemotes(
  name: string,
  { remotes }: IstioPlan,
  { roots, after }: IstioInputs,
  options: ClusterOptions,
): Record<string, pulumi.Resource> {
  return mapValues(
    remotes,
    (remote, key) =>
      new IstioRemote(
        logicalName(name, key, "istio"),
        { ...remote, rootCertificate: lookUp(roots, remote.mesh) },
        waitingFor(options(remote.cluster), after[key] ?? []),
      ),
  );
}

/** What control planes need from other rooms. */
export interface ControlPlaneInputs extends IstioInputs {
  /** Members that an istiod elsewhere serves, by member key: one that holds the configuration comes before its istiod. */
  remotes: Record<string, pulumi.Resource>;
}

/** Every control plane, by member key, and once per cluster the Gateway API CRDs that it needs. */
export function createControlPlanes(
  name: string,
  plan: IstioPlan,
  { roots, after, remotes }: ControlPlaneInputs,
  options: ClusterOptions,
): Record<string, pulumi.Resource> {
  const crds = mapValues(
    plan.gatewayApi,
    ({ version, charts }, cluster) =>
      new GatewayApiCrds(
        logicalName(name, cluster, "gateway-api"),
        { istioVersion: version, charts },
        options(cluster),
      ),
  );
  return mapValues(plan.controlPlanes, (controlPlane, key) => {
    const { mesh, cluster, clusterId } = controlPlane;
    // An external istiod finds them where its configuration is.
    const needed = [...new Set([cluster, clusterId])].map((at) => crds[at]);
    const first = [...needed, remotes[memberKey(mesh, clusterId)]];
    const before = [...(after[key] ?? []), ...first.filter((resource) => resource !== undefined)];
    const here = mapValues(controlPlane.peers, (peer) => lookUp(roots, peer));
    const peers = { ...here, ...controlPlane.peerRoots };
    return new IstioControlPlane(
      logicalName(name, key, "istio"),
      { ...controlPlane, peers, rootCertificate: lookUp(roots, mesh) },
      waitingFor(options(cluster), before),
    );
  });
}

/** What relays need from other rooms. */
export interface RelayInputs {
  /** Istio's namespace, by member key. */
  namespaces: Record<string, pulumi.Resource>;
  /** Control planes, which wait for the bindings to their load balancers, by member key. */
  controlPlanes: Record<string, pulumi.Resource>;
}

/** A relay in every remote for each revision that serves it, by the remote's member key. */
export function createRelays(
  name: string,
  { remotes }: IstioPlan,
  { namespaces, controlPlanes }: RelayInputs,
  options: ClusterOptions,
): Record<string, pulumi.Resource[]> {
  return mapValues(remotes, ({ mesh, cluster, namespace, servers, revisions, relay, hub }, key) =>
    revisions.map((served) => {
      const behind = servers.map((server) => lookUp(controlPlanes, memberKey(mesh, server)));
      return new IstiodRelay(
        logicalName(name, key, istiodName(served.revision), "relay"),
        { ...served, ...relay, namespace, hub },
        waitingFor(options(cluster), [lookUp(namespaces, key), ...behind]),
      );
    }),
  );
}

/** The first configuration of every mesh with an external istiod, by the key of the member that holds it. */
export function createMeshConfigurations(
  name: string,
  { remotes }: IstioPlan,
  { after }: Pick<IstioInputs, "after">,
  options: ClusterOptions,
): Record<string, pulumi.Resource> {
  const holders = Object.entries(remotes).filter(
    ([, { holdsConfiguration }]) => holdsConfiguration,
  );
  return mapValues(
    Object.fromEntries(holders),
    ({ cluster, namespace, mtls, locality, observability }, key) =>
      new MeshConfiguration(
        logicalName(name, key, "configuration"),
        { namespace, mtls, locality, observability },
        waitingFor(options(cluster), lookUp(after, key)),
      ),
  );
}

/** Every tag in every member, after the istiods or relays that it points to. */
export function createTags(
  name: string,
  { tags }: IstioPlan,
  { roots, after }: IstioInputs,
  options: ClusterOptions,
): void {
  for (const plan of Object.values(tags)) {
    const { mesh, cluster, tag } = plan;
    new RevisionTag(
      logicalName(name, mesh, cluster, "tag", tag),
      { ...plan, rootCertificate: lookUp(roots, mesh) },
      waitingFor(options(cluster), lookUp(after, memberKey(mesh, cluster))),
    );
  }
}

/** What gateways need from other rooms. */
export interface GatewayInputs {
  /** Ids of the load balancers' security groups, by gateway key. */
  securityGroups: Record<string, pulumi.Input<string>>;
  /** What must exist before a gateway, by member key. */
  after: Record<string, pulumi.Resource[]>;
}

/** Gateways, by their keys. */
export interface GatewayOutputs {
  /** Addresses of their load balancers. */
  addresses: Record<string, pulumi.Output<string>>;
  /** Those that clients outside come by. */
  ingress: Record<string, pulumi.Resource>;
}

/** Every gateway. */
export function createGateways(
  name: string,
  { eastWest, ingress }: IstioPlan,
  { securityGroups, after }: GatewayInputs,
  options: ClusterOptions,
): GatewayOutputs {
  const place = (key: string, { mesh, cluster }: { mesh: string; cluster: string }) => ({
    // Without one the controller would make its own and open it to the world.
    args: { securityGroupId: lookUp(securityGroups, key) },
    opts: waitingFor(options(cluster), after[memberKey(mesh, cluster)] ?? []),
  });
  const eastWestAddresses = mapValues(eastWest, (gateway, key) => {
    const { args, opts } = place(key, gateway);
    const logical = logicalName(name, gateway.mesh, gateway.cluster, EAST_WEST_GATEWAY);
    return new EastWestGateway(logical, { ...gateway, ...args }, opts).address;
  });
  const entrances = mapValues(ingress, (gateway, key) => {
    const { args, opts } = place(key, gateway);
    return new IngressGateway(logicalName(name, key), { ...gateway, ...args }, opts);
  });
  const addresses = mapValues(entrances, ({ address }) => address);
  return { addresses: { ...eastWestAddresses, ...addresses }, ingress: entrances };
}
