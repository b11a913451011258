import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { FEDERATION_NAMESPACE } from "../topology";
import {
  exitGateway,
  exitParameters,
  exitPeers,
  exitPolicy,
  exitPorts,
  importedByExit,
  openedPassage,
  openedPolicy,
  waypointPolicy,
} from "./ambientObjects";
import { timeouts } from "../istio/timeouts";
import { importedRule, importedService, passage, peerPolicy } from "./objects";
import type { IstioObject } from "./objects";

/** What another mesh may call. */
export interface OfferedService {
  /** Ports of the Service. */
  ports: number[];
  /** Namespaces of the other mesh that may call it. */
  namespaces: string[];
}

/** Another mesh that services are exchanged with. */
export interface FederationPeer {
  /** Its name. */
  mesh: string;
  /** What it may call, by host. */
  services: Record<string, OfferedService>;
}

/** Where a gateway of another mesh leads. */
export interface FederationPlace {
  /** Istio network, of which this mesh has no gateway. */
  network: string;
  /** AWS region. */
  region: string;
  /**
   * Port of its load balancer.
   *
   * @default 15444
   */
  port?: number;
}

/** A service of another mesh. */
export interface ImportedService {
  /** Name of the mesh that exports it. */
  from: string;
  /** Name that it has here. */
  host: string;
  /** Name that it has there. */
  original: string;
  /** Ports of the Service by name, which begins with what they speak. */
  ports: Record<string, number>;
  /** SPIFFE ids of those who may answer; at least one. */
  identities: string[];
  /** Namespaces here that may call it. */
  namespaces: string[];
  /** Where the other mesh's gateways lead, by their addresses. */
  endpoints: Record<string, FederationPlace>;
  /**
   * Those gateways open mutual TLS, as of an ambient mesh.
   *
   * @default false
   */
  opened?: boolean;
  /**
   * Port of the mesh's own way out for each port, by name. For ambient meshes alone.
   *
   * @default none: workloads go to the other mesh themselves
   */
  exits?: Record<string, number>;
}

/** What an ambient mesh needs besides: gateways that speak for its workloads. */
export interface AmbientExchange {
  /** Its own trust domain. */
  trustDomain: string;
  /**
   * Revision of the control plane that makes the way out.
   *
   * @default the default one
   */
  revision?: string;
}

/** What one mesh exchanges with others. */
export interface MeshExchange {
  /** Meshes that it exchanges services with, by trust domain: each is refused all that is not for it. */
  peers: Record<string, FederationPeer>;
  /**
   * Hosts that its gateways lead to.
   *
   * @default none: it exports nothing
   */
  offers?: string[];
  /**
   * Services of other meshes, by the name of their objects.
   *
   * @default none
   */
  imports?: Record<string, ImportedService>;
  /**
   * Its workloads are ambient: its gateways open what comes in, and a way out stands before what it imports.
   *
   * @default they have sidecars
   */
  ambient?: AmbientExchange;
}

/** What one mesh offers, refuses and imports is made from. */
export interface FederationConfigurationArgs {
  /** Root namespace of the mesh: what stands there holds for all of it. */
  namespace: pulumi.Input<string>;
  /**
   * Namespace of its gateways.
   *
   * @default istio-federation
   */
  gatewayNamespace?: pulumi.Input<string>;
  /**
   * What it offers, to whom, and what it imports, in one object: of types that stand in plain maps alone, Pulumi's
   * generator makes Go SDKs that do not compile (https://github.com/pulumi/pulumi/issues/14662).
   */
  exchange: MeshExchange;
}

/**
 * What one mesh offers to others, refuses to them and imports of them, in one cluster that an istiod of it reads its configuration from.
 *
 * It comes after that istiod. Others are refused before the gateways lead anywhere; when it goes, the gateways end first.
 */
export class FederationConfiguration extends pulumi.ComponentResource {
  constructor(
    name: string,
    args: FederationConfigurationArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("istio-patterns:index:FederationConfiguration", name, {}, opts);
    const { namespace, gatewayNamespace = FEDERATION_NAMESPACE } = args;
    const make: Make = (suffix, object, options = {}) =>
      new k8s.apiextensions.CustomResource(
        `${name}-${suffix}`,
        object,
        pulumi.mergeOptions(childOptions(this, opts), options),
      );
    if (args.exchange.ambient === undefined) {
      makeForSidecars(make, { namespace, gatewayNamespace }, args.exchange);
    } else {
      const parameters = exitParameters(gatewayNamespace);
      const exit = () =>
        new k8s.core.v1.ConfigMap(`${name}-exit-parameters`, parameters, childOptions(this, opts));
      makeForAmbient(make, { namespace, gatewayNamespace }, args.exchange, exit);
    }
    this.registerOutputs({});
  }
}

type Leaf = pulumi.Input<string>;

type Make = (
  suffix: string,
  object: IstioObject<Leaf>,
  options?: pulumi.CustomResourceOptions,
) => pulumi.Resource;

/** Root namespace, and that of gateways. */
interface Places {
  namespace: Leaf;
  gatewayNamespace: Leaf;
}

function makeForSidecars(
  make: Make,
  { namespace, gatewayNamespace }: Places,
  { peers, offers = [], imports = {} }: MeshExchange,
): void {
  const policies = Object.entries(peers).map(([trustDomain, peer]) =>
    make(`peer-${peer.mesh}`, peerPolicy(namespace, trustDomain, peer)),
  );
  if (offers.length > 0) make("offers", passage(gatewayNamespace, offers), { dependsOn: policies });
  for (const [own, imported] of Object.entries(imports)) {
    make(`import-${own}`, importedService(namespace, own, imported));
    for (const rule of importedRule(namespace, own, imported)) make(`rule-${own}`, rule);
  }
}

function makeForAmbient(
  make: Make,
  { namespace, gatewayNamespace }: Places,
  { peers, offers = [], imports = {}, ambient }: MeshExchange,
  makeParameters: () => pulumi.Resource,
): void {
  const policies = Object.entries(peers).map(([trustDomain, peer]) =>
    make(`peer-${peer.mesh}`, waypointPolicy(namespace, trustDomain, peer)),
  );
  policies.push(make("opened", openedPolicy(gatewayNamespace, peers)));
  if (offers.length > 0)
    for (const { kind, metadata, ...rest } of openedPassage(gatewayNamespace, peers))
      make(`offers-${metadata.name}-${kind}`, { kind, metadata, ...rest }, { dependsOn: policies });
  if (Object.keys(imports).length === 0) return;
  const { trustDomain, revision } = ambient!;
  const guards = [
    make("exit-policy", exitPolicy(gatewayNamespace, trustDomain, imports)),
    make("exit-peers", exitPeers(gatewayNamespace)),
    makeParameters(),
  ];
  const timeout = `${timeouts.gateway}s`;
  make("exit", exitGateway(gatewayNamespace, revision), {
    dependsOn: guards,
    customTimeouts: { create: timeout, update: timeout },
  });
  make("exit-ports", exitPorts(gatewayNamespace, imports), { dependsOn: guards });
  for (const [own, imported] of Object.entries(imports))
    for (const object of importedByExit(gatewayNamespace, own, imported))
      make(`import-${object.metadata.name}-${object.kind}`, object, { dependsOn: guards });
}
