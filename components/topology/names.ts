/** Keys and names that several rooms agree on, and the one way to make them. */
import { createHash } from "node:crypto";
import { ControlPlaneMode } from "./description";
import type { Cluster, Mesh, Topology, Trust } from "./topology";

const DIGEST = 8;

/** Tag of every AWS resource that is made here: the topology's name. */
export const TOPOLOGY_TAG = "istio-patterns";

/** Tags of what is made in AWS for a topology, by whomever: the description's, and the plan's own. */
export function tagsOf({ name, tags }: Pick<Topology, "name" | "tags">): Record<string, string> {
  return { ...tags, [TOPOLOGY_TAG]: name };
}

/** Config key of the tags that a stack gives to every AWS resource. */
export const STACK_TAGS = "aws:defaultTags";

/** How many tags of yours an AWS resource has that Pulumi makes: those of the description and of the stack. */
export function numberOfTags({ tags, stackTags }: Pick<Topology, "tags" | "stackTags">): number {
  return Object.keys({ ...stackTags, ...tags }).length;
}

/** That number, as a message has it. */
export function writtenTags(topology: Pick<Topology, "tags" | "stackTags">): string {
  const stacks = Object.keys(topology.stackTags).length > 0 ? ` with those of ${STACK_TAGS}` : "";
  return `${numberOfTags(topology)} tags${stacks}`;
}

/** Key of what one mesh has in one cluster: its control plane, certificates, east-west gateway. */
export function memberKey(mesh: string, cluster: string): string {
  return `${mesh}/${cluster}`;
}

/** What the east-west gateway of a mesh in a cluster is called in keys. */
export const EAST_WEST_NAME = "east-west";

/** Name of the east-west gateway's release; istiod finds it by labels that the chart derives from this name. */
export const EAST_WEST_GATEWAY = "istio-eastwestgateway";

/** What the gateway of a mesh for other meshes is called in keys. */
export const FEDERATION_NAME = "federation";

/** Namespace of federation gateways, and of what opens them: whoever may write there says what other meshes reach. */
export const FEDERATION_NAMESPACE = "istio-federation";

/** Label of a tenant's namespaces, and of what the plan keeps there. */
export const TENANT_LABEL = "istio-patterns/tenant";

/** Kubernetes group of whoever administers a tenant's namespaces: access entries say it of ARNs. */
export function tenantGroup(tenant: string): string {
  return `istio-patterns-tenant-${tenant}`;
}

/** Key of a tenant in one cluster of its mesh. */
export function tenantKey(mesh: string, cluster: string, tenant: string): string {
  return gatewayKey(mesh, cluster, `${tenant}.tenant`);
}

/** Key of one gateway of a mesh in one cluster. */
export function gatewayKey(mesh: string, cluster: string, gateway: string): string {
  return `${mesh}/${cluster}/${gateway}`;
}

/** Name of a control plane's release, Deployment, Service and service account: the chart derives all from the revision. */
export function istiodName(revision?: string): string {
  return logicalName("istiod", revision);
}

/** Name of the ConfigMap that a control plane's mesh config is in, the chart's own. */
export function meshConfigName(revision?: string): string {
  return logicalName("istio", revision);
}

/** Key of one istiod of a mesh in the cluster that it runs in. */
export function istiodKey(mesh: string, cluster: string, revision?: string): string {
  return gatewayKey(mesh, cluster, istiodName(revision));
}

/** Namespace that Istio is installed in where nothing else is said (https://istio.io/latest/docs/setup/install/helm/). */
export const SYSTEM_NAMESPACE = "istio-system";

/** Trust domain of Istio's where nothing else is said (https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/). */
export const TRUST_DOMAIN = "cluster.local";

/** Whether it has the form of one (https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md#21-trust-domain). */
export function isTrustDomain(text: string): boolean {
  return /^[a-z0-9]([a-z0-9._-]{0,253}[a-z0-9])?$/.test(text);
}

/** How the default control plane is written where revisions are listed by name, and what its pods bear as `istio.io/rev`. */
export const DEFAULT_REVISION = "default";

/**
 * Namespace of a mesh's istiods, gateways and of what istiod reads, the same in every cluster: injected proxies look for
 * `istiod.<namespace>.svc`.
 *
 * An external istiod has one per mesh, so that those of several meshes stand side by side in one management cluster
 * (https://istio.io/latest/docs/setup/install/external-controlplane/).
 */
export function systemNamespace({ name, mode }: Pick<Mesh, "name" | "mode">): string {
  return mode === ControlPlaneMode.External ? `external-istiod-${name}` : SYSTEM_NAMESPACE;
}

/** Key of the trust that a mesh has of its own, or of the one that the others share; the prefix keeps a mesh called "shared" apart. */
export function trustKey(mesh?: string): string {
  return mesh === undefined ? "shared" : `mesh-${mesh}`;
}

/** Name of the root where a description names none. */
export const DEFAULT_ROOT = "default";

/** How a root is told apart where names of others stand before it: the default one is not said. */
export function rootSuffix(root: string): string[] {
  return root === DEFAULT_ROOT ? [] : [root];
}

/** What one root of a trust is called by: the trust, and the root's name where it has one. */
export function rootParts(trust: string, root: string): string[] {
  return [trust, ...rootSuffix(root)];
}

/** Key of one root of a trust. */
export function rootKey(trust: string, root: string): string {
  return rootParts(trust, root).join("/");
}

/** The roots of a mesh: its own, or those that it shares. */
export function trustOf(topology: Pick<Topology, "trust">, mesh: Pick<Mesh, "trust">): Trust {
  return mesh.trust ?? topology.trust;
}

/**
 * Names of the roots that a trust accepts, the one that signs first: their order in every bundle.
 *
 * So a bundle changes its bytes when another root signs: sidecars ask for a certificate below it when they get other bytes, and keep
 * what they have until it is old where they get the same (istio, security/pkg/nodeagent/cache/secretcache.go, UpdateConfigTrustBundle).
 */
export function rootsInOrder({ roots, signing }: Trust): string[] {
  return [signing, ...Object.keys(roots).filter((root) => root !== signing)];
}

/** Name that EKS knows a cluster by; absent for a cluster that is not on EKS, or does not say so. */
export function eksNameOf(topology: string, { name, existing }: Cluster): string | undefined {
  return existing ? existing.eksName : logicalName(topology, name);
}

/** Account id of a role ARN; absent for the account of the program's own credentials. */
export function accountId(roleArn?: string): string | undefined {
  return roleArn?.split(":")[4];
}

/** Key of the AWS provider of an account and region: `eu-west-1`, or `123456789012/eu-west-1` where a role is assumed. */
export function providerKey({ account, region }: { account?: string; region: string }): string {
  const id = accountId(account);
  return id === undefined ? region : `${id}/${region}`;
}

/** Joins parts to a resource name: keys lose their slashes, absent parts vanish. */
export function logicalName(...parts: (string | undefined)[]): string {
  return parts.filter(Boolean).join("-").replaceAll("/", "-");
}

/** A name of at most so many characters; a longer one ends in a digest of the whole, so that two never meet. */
export function shortened(name: string, most: number, separator = "-"): string {
  return name.length <= most ? name : ending(name, digestOf(name), most, separator);
}

/**
 * A name that AWS has once in an account or region, also beside those of other stacks. It always ends in a digest of its
 * parts: parts hold hyphens, so that topology `a` with mesh `b-c` and topology `a-b` with mesh `c` are the same once joined.
 */
export function distinctName(parts: string[], most: number): string {
  return ending(logicalName(...parts), digestOf(JSON.stringify(parts)), most);
}

function ending(name: string, end: string, most: number, separator = "-"): string {
  return [name.slice(0, most - end.length - separator.length), end].join(separator);
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, DIGEST);
}
