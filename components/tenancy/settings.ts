import { ingressName } from "../istio/gateways/plan";
import { DataPlane, TENANT_LABEL, tenantIngresses } from "../topology";
import type { MeshRelation, Setting } from "../topology";
import { merge } from "../topology/cidr";
import { egressHosts } from "./egress/plan";
import { closedRanges, gatewayNamespaces, hidesEntries } from "./plan";

const isShared: Setting["when"] = ({ of: { of } }) => of.tenants.length > 0;

/** Neither a node's own addresses nor other private ones: what answers there is not the tenant's to ask (RFC 1918, RFC 6598, RFC 4193). */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
const PRIVATE6 = ["::1/128", "fc00::/7", "fe80::/10"];

/** What meshes that tenants share need of istiod. That it is refused of the user stands in components/istio/rules.ts, for these meshes alone. */
export const tenancySettings: Setting[] = [
  {
    why:
      "What says nothing else is known to its own namespace alone, Services to gateways too, which lead to them " +
      "(istio, pilot/pkg/model/push_context.go, initDefaultExportMaps). A rule of the service's own namespace holds for no gateway: it could " +
      "lend the gateway's identity to whatever address the tenant names. An HTTPRoute is of its namespace too, and known to the gateway that " +
      "leads to the tenant (pilot/pkg/model/virtualservice_controller.go, mergeVirtualServices).",
    owned: {},
    when: isShared,
    values: ({ of: { of } }) => ({
      meshConfig: {
        defaultServiceExportTo: [".", ...gatewayNamespaces(of)],
        defaultVirtualServiceExportTo: [".", ...tenantIngresses(of).map(ingressName)],
        defaultDestinationRuleExportTo: ["."],
      },
    }),
  },
  {
    why:
      "ztunnel knows no exportTo: a ServiceEntry of one tenant would take over another's names and addresses for everybody. From 1.31 it is " +
      "its namespace's alone, but where no tenant writes (istio, pilot/pkg/model/serviceentry_visibility.go).",
    owned: {},
    when: (istiod) =>
      isShared(istiod) &&
      istiod.of.of.mesh.dataPlane === DataPlane.Ambient &&
      hidesEntries(istiod.revision.version),
    values: () => ({
      meshConfig: {
        serviceEntryVisibility: {
          defaultVisibility: "NAMESPACE",
          policies: [{ visibility: "PUBLIC", matchingRules: [{ namespaceSelector: noTenant }] }],
        },
      },
    }),
  },
  {
    why:
      "Where tenants have clusters, a Service is called from its own cluster alone unless its tenant has several or shares it (istio, " +
      "pilot/pkg/model/cluster_local.go). It is no border: only what an istiod tells the clients of its own cluster is less.",
    owned: {},
    when: ({ of: { of } }) => of.isClusterLocal,
    values: ({ of: { of } }) => ({
      meshConfig: {
        serviceSettings: [
          { settings: { clusterLocal: true }, hosts: ["*"] },
          ...manyOf(spreadHosts(of)).map((hosts) => ({ settings: { clusterLocal: false }, hosts })),
        ],
      },
    }),
  },
  {
    why:
      "A tenant leaves by the gateway of the cluster that it is in: the name in TLS to another's is that of a host outside, which gateways between " +
      "networks know no way for. Where tenants have clusters all Services are so.",
    owned: {},
    when: ({ of: { of } }) => !of.isClusterLocal && egressHosts(of).length > 0,
    values: ({ of: { of } }) => ({
      meshConfig: {
        serviceSettings: [{ settings: { clusterLocal: true }, hosts: egressHosts(of) }],
      },
    }),
  },
  {
    why: "The port without TLS gives any namespace's configuration to whoever asks (istio, pkg/security/authentication.go).",
    owned: {},
    when: isShared,
    values: () => ({ env: { XDS_AUTH_PLAINTEXT: "true" } }),
  },
  {
    why:
      "istiod fetches keys from whatever address a RequestAuthentication names (istio, pilot/pkg/model/jwks_resolver.go): not from those that " +
      "only it reaches.",
    owned: {},
    when: isShared,
    values: (_, topology) => ({
      env: {
        BLOCKED_CIDRS_IN_JWKS_URIS: [
          ...merge([...closedRanges(topology), ...PRIVATE]),
          ...PRIVATE6,
        ].join(","),
      },
    }),
  },
];

/** What is called from other clusters too. */
function spreadHosts({ tenants }: MeshRelation): string[] {
  const spread = tenants.filter(({ members }) => members.length > 1);
  return [
    ...spread.flatMap(({ tenant }) => tenant.namespaces.map((one) => `*.${one}.svc.cluster.local`)),
    ...tenants
      .flatMap(({ shares }) => shares.filter(({ to }) => to.length > 0))
      .map(({ host }) => host),
  ];
}

/** One list, or none. */
const manyOf = (hosts: string[]) => (hosts.length > 0 ? [hosts] : []);

const noTenant = { matchExpressions: [{ key: TENANT_LABEL, operator: "DoesNotExist" }] };
