/** The deployments that are measured: one mesh of N clusters, each on a network of its own. */
import { ControlPlaneMode, TenancyModel } from "../components/topology";
import type {
  MeshDescription,
  TenantDescription,
  TopologyDescription,
  VirtualMachinesDescription,
} from "../components/topology";

export interface Scale {
  /** Clusters beside the one that runs istiod for them, where there is such a one. */
  clusters: number;
  /** Where istiod runs: in each of them, or in one more cluster that is a member of the mesh or is not. @default in each */
  mode?: ControlPlaneMode;
  /** Whether a group of machines stands beside the first, which serves it, and is called by all. @default false */
  machines?: boolean;
  /** Tenants that share the mesh, each with a namespace, an administrator, a host, and a service that the next one calls. @default none */
  tenants?: number;
  /** Regions that the clusters are spread over, in turn. @default one */
  regions?: string[];
}

/** The stack that is planned. */
export const STACK = { stack: "bench", config: { "aws:region": "eu-west-1" } };

/** Cluster that runs istiod for the others, and its network. */
const HUB = "hub";

/** Numbered names, so that the description of N clusters is a part of that of N + 1. */
export function descriptionOf({
  clusters,
  mode,
  machines = false,
  tenants = 0,
  regions = ["eu-west-1"],
}: Scale): TopologyDescription {
  const numbers = Array.from({ length: clusters }, (_, index) => index + 1);
  const hasHub = mode !== undefined && mode !== ControlPlaneMode.MultiPrimary;
  const [region] = regions;
  return {
    name: "bench",
    api: { private: { cidrs: ["172.16.0.0/12"] } },
    // Twenty or fifty VPCs in one region need quotas that AWS raises on request.
    quotas: { vpcs: 100, elasticIps: 100 },
    links: { via: "transit-gateway" },
    istio: { version: "1.31.3" },
    networks: {
      ...(hasHub && { [HUB]: { cidr: "10.0.0.0/16", region } }),
      ...record(numbers, networkName, (number) => ({
        cidr: `10.${number}.0.0/16`,
        region: regions[(number - 1) % regions.length],
      })),
    },
    clusters: {
      ...(hasHub && { [HUB]: { network: HUB } }),
      ...record(numbers, clusterName, (number) => ({ network: networkName(number) })),
    },
    meshes: {
      prod: {
        ...meshOf(
          mode,
          record(numbers, clusterName, () => ({})),
        ),
        ...(tenants > 0 && { ingress: { public: { clusters: [clusterName(1)] } } }),
      },
    },
    virtualMachines: machines ? { legacy: LEGACY } : {},
    ...(tenants > 0 && { tenants: { model: TenancyModel.Namespace, of: tenantsOf(tenants) } }),
  };
}

function meshOf(
  mode: ControlPlaneMode | undefined,
  members: MeshDescription["clusters"],
): MeshDescription {
  switch (mode) {
    case ControlPlaneMode.PrimaryRemote:
      return { controlPlane: { mode, runsIn: [HUB] }, clusters: { [HUB]: {}, ...members } };
    case ControlPlaneMode.External: {
      const controlPlane = { mode, runsIn: [HUB], configCluster: clusterName(1) };
      return { controlPlane, clusters: members };
    }
    default:
      return { clusters: members };
  }
}

export const clusterName = (number: number) => `cluster${number}`;
export const networkName = (number: number) => `net${number}`;

/** Machines of the first cluster. */
const LEGACY: VirtualMachinesDescription = {
  ...{ mesh: "prod", controlledBy: clusterName(1), network: networkName(1) },
  ...{ namespace: "legacy", serviceAccount: "legacy", ports: { http: 8080 } },
};

function tenantsOf(count: number): Record<string, TenantDescription> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return record(numbers, tenantName, (number) => {
    const namespace = `${tenantName(number)}-web`;
    return {
      mesh: "prod",
      namespaces: [namespace],
      admins: [`arn:aws:iam::123456789012:role/${tenantName(number)}`],
      hosts: {
        [`${tenantName(number)}.example`]: { ingress: "public", certificate: `${namespace}/tls` },
      },
      shares: {
        [`web.${namespace}.svc.cluster.local`]: {
          ...{ to: [tenantName((number % count) + 1)], pods: { app: "web" }, ports: [8080] },
        },
      },
    };
  });
}

const tenantName = (number: number) => `tenant${number}`;

function record<T>(
  numbers: number[],
  key: (number: number) => string,
  value: (number: number) => T,
): Record<string, T> {
  return Object.fromEntries(numbers.map((number) => [key(number), value(number)]));
}
