import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { installRelease } from "../../istio/release";
import { timeouts } from "../../istio/timeouts";
import { childOptions } from "../../options";
import { TENANT_LABEL } from "../../topology";
import type { ChartsDescription } from "../../topology";
import { ChartName } from "../../versions/charts";
import type { TenantMesh } from "../namespace/namespaceTenant";
import { egressName } from "./names";
import { egressObjects } from "./objects";
import { egressPackets } from "./packets";
import { egressValues } from "./values";

/** What a tenant's egress gateway is made from. */
export interface TenantEgressArgs {
  /** Name of the tenant. */
  tenant: string;
  /** Its namespaces. */
  namespaces: string[];
  /** The mesh that it is in. */
  mesh: TenantMesh;
  /** Hosts outside the mesh, each with the ports at which it speaks TLS. */
  outside: Record<string, number[]>;
  /** CIDRs of everything inside, which no host leads to: pods of the cluster among it, and 169.254.0.0/16. */
  inside: string[];
  /** Istio version of the chart. */
  version: string;
  /**
   * Pods of the tenant run in this cluster; elsewhere only Istio's objects are made.
   *
   * @default true
   */
  isHere?: boolean;
  /**
   * Where the chart comes from.
   *
   * @default Istio's repository
   */
  charts?: ChartsDescription;
}

/**
 * The way out of one tenant in one cluster: a gateway in a namespace of its own, `istio-egress-<tenant>`, that takes mutual TLS of the tenant alone
 * and leads to the hosts that are named and no other. TLS of the applications goes through it unopened.
 *
 * It comes after the control plane that injects and serves it.
 */
export class TenantEgress extends pulumi.ComponentResource {
  constructor(name: string, args: TenantEgressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:TenantEgress", name, {}, opts);
    const { isHere = true, mesh } = args;
    const children = childOptions(this, opts);
    const namespace = createNamespace(name, args, children);
    const inside = pulumi.mergeOptions(children, { dependsOn: [namespace] });
    const policy = createPolicy(name, args, inside);
    const objects = mesh.isConfigured === false ? [] : createObjects(name, args, inside);
    if (isHere) createGateway(name, args, waiting(inside, [policy, ...objects]));
    this.registerOutputs({});
  }
}

const waiting = (opts: pulumi.CustomResourceOptions, dependsOn: pulumi.Resource[]) =>
  pulumi.mergeOptions(opts, { dependsOn });

/** Where no tenant writes: what stands there decides what it reaches. */
function createNamespace(
  name: string,
  { tenant }: TenantEgressArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const labels = { "pod-security.kubernetes.io/enforce": "baseline" };
  const metadata = { name: egressName(tenant), labels };
  return new k8s.core.v1.Namespace(`${name}-namespace`, { metadata }, opts);
}

function createPolicy(
  name: string,
  args: TenantEgressArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const { tenant } = args;
  const labels = { [TENANT_LABEL]: tenant };
  const metadata = { name: "egress", namespace: egressName(tenant), labels };
  return new k8s.networking.v1.NetworkPolicy(
    `${name}-packets`,
    { metadata, spec: egressPackets(args) },
    opts,
  );
}

function createObjects(
  name: string,
  args: TenantEgressArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  return Object.entries(egressObjects(args)).map(
    ([suffix, object]) => new k8s.apiextensions.CustomResource(`${name}-${suffix}`, object, opts),
  );
}

/** Last: it leads nowhere before it is known who may come. */
function createGateway(
  name: string,
  args: TenantEgressArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const release = egressName(args.tenant);
  installRelease(
    name,
    {
      ...{ chart: ChartName.Gateway, release, namespace: release, charts: args.charts },
      ...{ istioVersion: args.version, timeout: timeouts.gateway },
      values: egressValues({ ...args, revision: args.mesh.revision }),
    },
    opts,
  );
}
