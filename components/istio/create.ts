/** Istio's components from the plan, asked for by MeshTopology. */
import type * as pulumi from "@pulumi/pulumi";
import { waitingFor } from "../options";
import type { ClusterOptions } from "../options";
import { mapValues } from "../records";
import { logicalName, memberKey } from "../topology";
import { EastWestGateway } from "./eastWestGateway";
import { GatewayApiCrds } from "./gatewayApiCrds";
import { IngressGateway } from "./ingressGateway";
import { IstioControlPlane } from "./istioControlPlane";
import type { IstioPlan } from "./plan";
import { SystemNamespace } from "./systemNamespace";

/** What istiod signs with, as PEM. */
export interface SigningCertificate {
  certificate: pulumi.Input<string>;
  /** A secret. */
  privateKey: pulumi.Input<string>;
  chain: pulumi.Input<string>;
  root: pulumi.Input<string>;
}

/** istiod's namespace in every cluster that runs one, by member key. */
export function createNamespaces(
  name: string,
  plan: IstioPlan,
  { certificates }: { certificates: Record<string, SigningCertificate> },
  options: ClusterOptions,
): Record<string, pulumi.Resource> {
  return mapValues(plan.controlPlanes, ({ cluster, namespace, network, dataPlane }, key) => {
    const { certificate, privateKey, chain, root } = certificates[key];
    return new SystemNamespace(
      logicalName(name, key, "system"),
      {
        namespace,
        network,
        dataPlane,
        signingCertificate: certificate,
        signingKey: privateKey,
        certificateChain: chain,
        rootCertificate: root,
      },
      options(cluster),
    );
  });
}

/** What a control plane needs from other rooms, by member key. */
export interface ControlPlaneInputs {
  /** PEM of the root certificates. */
  roots: Record<string, pulumi.Input<string>>;
  /** What must exist before istiod. */
  after: Record<string, pulumi.Resource[]>;
}

/** Every control plane, by member key, and once per cluster the Gateway API CRDs that it needs. */
export function createControlPlanes(
  name: string,
  plan: IstioPlan,
  { roots, after }: ControlPlaneInputs,
  options: ClusterOptions,
): Record<string, pulumi.Resource> {
  const { charts, hub, refresherImage } = plan;
  const crds = mapValues(
    plan.gatewayApi,
    ({ version }, cluster) =>
      new GatewayApiCrds(
        logicalName(name, cluster, "gateway-api"),
        { istioVersion: version, charts },
        options(cluster),
      ),
  );
  return mapValues(plan.controlPlanes, (controlPlane, key) => {
    const { cluster } = controlPlane;
    const before = [...(after[key] ?? []), ...(crds[cluster] ? [crds[cluster]] : [])];
    return new IstioControlPlane(
      logicalName(name, key, "istio"),
      { ...controlPlane, rootCertificate: roots[key], charts, hub, refresherImage },
      waitingFor(options(cluster), before),
    );
  });
}

/** What gateways need from other rooms. */
export interface GatewayInputs {
  /** Ids of the load balancers' security groups, by gateway key. */
  securityGroups: Record<string, pulumi.Input<string>>;
  /** What must exist before a gateway, by member key. */
  after: Record<string, pulumi.Resource[]>;
}

/** Every gateway; returns the addresses of their load balancers, by gateway key. */
export function createGateways(
  name: string,
  { charts, eastWest, ingress }: IstioPlan,
  { securityGroups, after }: GatewayInputs,
  options: ClusterOptions,
): Record<string, pulumi.Output<string>> {
  const place = (key: string, { mesh, cluster }: { mesh: string; cluster: string }) => ({
    name: logicalName(name, key),
    args: { charts, securityGroupId: securityGroups[key] },
    opts: waitingFor(options(cluster), after[memberKey(mesh, cluster)] ?? []),
  });
  const eastWestAddresses = mapValues(eastWest, (gateway, key) => {
    const { name: logical, args, opts } = place(key, gateway);
    return new EastWestGateway(logical, { ...gateway, ...args }, opts).address;
  });
  const ingressAddresses = mapValues(ingress, (gateway, key) => {
    const { name: logical, args, opts } = place(key, gateway);
    return new IngressGateway(logical, { ...gateway, ...args }, opts).address;
  });
  return { ...eastWestAddresses, ...ingressAddresses };
}
