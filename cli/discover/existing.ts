/** From what AWS says to what a description says of what exists. */
import { LoadBalancers, SubnetTier } from "../../components/topology";
import type { ExistingClusterDescription, ExistingVpcDescription } from "../../components/topology";
import { LABEL } from "../../components/topology/rules/names";
import type { AwsCluster, AwsRouteTable, AwsSubnet, Tagged, VpcAnswers } from "./aws";

/** A VPC under the name of its network. */
export interface FoundVpc {
  name: string;
  /** Absent where no subnet says it. */
  region?: string;
  existing: ExistingVpcDescription;
}

export interface FoundCluster {
  name: string;
  existing: ExistingClusterDescription;
}

export function existingVpc({ vpc, subnets, routeTables, natGateways }: VpcAnswers): FoundVpc {
  const tables = tablesOf(subnets, routeTables);
  const used = routeTables.filter((table) => [...tables.values()].includes(table));
  const addresses = natGateways
    .filter(({ State }) => State === "available")
    .flatMap(({ NatGatewayAddresses: all }) => all.flatMap(({ PublicIp }) => PublicIp ?? []));
  return {
    name: nameOf(vpc, vpc.VpcId),
    region: subnets[0]?.SubnetArn.split(":")[3],
    existing: {
      vpcId: vpc.VpcId,
      cidrs: vpc.CidrBlockAssociationSet.filter(
        ({ CidrBlockState: { State } }) => State === "associated",
      ).map(({ CidrBlock }) => CidrBlock),
      subnets: named(subnets, subnetNames, ({ SubnetId, CidrBlock, AvailabilityZone }) => ({
        ...{ id: SubnetId, cidr: CidrBlock, zone: AvailabilityZone },
        tier: isPublic(tables.get(SubnetId)) ? SubnetTier.Public : SubnetTier.Private,
      })),
      routeTables: named(used, tableNames, ({ RouteTableId }) => ({ id: RouteTableId })),
      ...(addresses.length > 0 ? { natAddresses: addresses.sort() } : {}),
    },
  };
}

/** With the VPC CNI pods have addresses of the subnets of nodes, which are private. */
export function existingCluster(cluster: AwsCluster, { existing }: FoundVpc): FoundCluster {
  const { name: eksName, version, endpoint, certificateAuthority, resourcesVpcConfig } = cluster;
  const name = nameOf({}, eksName);
  const subnets = Object.values(existing.subnets);
  return {
    name,
    existing: {
      kubeconfig: { secret: secretOf(name) },
      kubernetesVersion: version,
      podCidrs: subnets.filter(({ tier }) => tier === SubnetTier.Private).map(({ cidr }) => cidr),
      eksName,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(certificateAuthority?.data ? { certificateAuthority: certificateAuthority.data } : {}),
      ...(resourcesVpcConfig.clusterSecurityGroupId
        ? { securityGroupId: resourcesVpcConfig.clusterSecurityGroupId }
        : {}),
      loadBalancers: cluster.computeConfig?.enabled
        ? LoadBalancers.AutoMode
        : LoadBalancers.Controller,
    },
  };
}

/** Config key that holds a cluster's kubeconfig. */
function secretOf(cluster: string): string {
  return `${cluster.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Kubeconfig`;
}

/** A subnet without a table of its own has the VPC's main one (https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html). */
function tablesOf(subnets: AwsSubnet[], all: AwsRouteTable[]): Map<string, AwsRouteTable> {
  const main = all.find(({ Associations }) => Associations.some(({ Main }) => Main));
  return new Map(
    subnets.flatMap(({ SubnetId: id }) => {
      const own = all.find(({ Associations: to }) => to.some(({ SubnetId }) => SubnetId === id));
      const table = own ?? main;
      return table ? [[id, table]] : [];
    }),
  );
}

/** A subnet is public where its traffic goes to an internet gateway (https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html). */
function isPublic(table?: AwsRouteTable): boolean {
  const routes = table?.Routes ?? [];
  return routes.some(
    ({ DestinationCidrBlock: to, GatewayId }) =>
      to === "0.0.0.0/0" && GatewayId?.startsWith("igw-") === true,
  );
}

/** By the first of its names that no other thing has; the last is its id. */
function named<T, U>(
  things: T[],
  namesOf: (thing: T) => string[],
  of: (thing: T) => U,
): Record<string, U> {
  const isOwn = (thing: T) => (name: string) =>
    things.every((other) => other === thing || !namesOf(other).includes(name));
  const entries = things.map((thing): [string, U] => [
    namesOf(thing).find(isOwn(thing)) ?? namesOf(thing).at(-1)!,
    of(thing),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Subnets of several zones often have one name. */
function subnetNames(subnet: AwsSubnet): string[] {
  const { SubnetId: id, AvailabilityZone: zone } = subnet;
  const name = nameOf(subnet, id);
  return name === id ? [id] : [name, `${name}-${zone}`, id];
}

function tableNames(table: AwsRouteTable): string[] {
  return [nameOf(table, table.RouteTableId), table.RouteTableId];
}

/** The tag `Name`, in letters that a name of the description may have. */
function nameOf({ Tags = [] }: Tagged, otherwise: string): string {
  const tag = Tags.find(({ Key }) => Key === "Name")?.Value ?? otherwise;
  const label = tag
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 63)
    .replace(/-$/, "");
  return LABEL.test(label) ? label : otherwise.toLowerCase();
}
