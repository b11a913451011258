import type { Json } from "../kube";

/** What the stand-ins hold of one type: ids and outputs. */
export type Listed = (type: string) => readonly { readonly id: string; readonly outputs: Json }[];

export interface Subnet {
  readonly id: string;
  readonly vpc: string;
  readonly cidr: string;
  readonly zone: string;
  readonly routeTable: string;
}

/** Where a route leads; what leads to the internet or to a service of AWS leads to nothing here. */
export type Target =
  | { readonly kind: "peering"; readonly id: string }
  | { readonly kind: "transit"; readonly id: string };

export interface Route {
  readonly cidr: string;
  readonly target: Target;
}

export interface Attachment {
  readonly id: string;
  /** Transit gateways at its ends: one of a VPC's, two of a peering. */
  readonly gateways: readonly string[];
  readonly vpc?: string;
}

/** A route of a transit gateway's table. */
export interface TransitRoute {
  readonly cidr: string;
  readonly attachment: string;
}

export interface TransitTable {
  readonly gateway: string;
  /** Attachments whose packets it routes. */
  readonly associated: readonly string[];
  readonly routes: readonly TransitRoute[];
}

/** One rule of a security group: what the other side may be, and which ports. */
export interface GroupRule {
  readonly protocol: string;
  /** First and last port; every one where they are absent. */
  readonly ports?: readonly [number, number];
  readonly cidrs: readonly string[];
  /** Group that the other side carries. */
  readonly group?: string;
}

export interface Group {
  readonly in: readonly GroupRule[];
  readonly out: readonly GroupRule[];
}

/** What decides whether a packet passes in AWS, as the program has made it. */
export interface CloudNetwork {
  /** Ranges by VPC. */
  readonly vpcs: ReadonlyMap<string, readonly string[]>;
  readonly subnets: readonly Subnet[];
  readonly routes: ReadonlyMap<string, readonly Route[]>;
  /** Ends of the peerings that both sides have accepted. */
  readonly peerings: ReadonlyMap<string, readonly [string, string]>;
  readonly attachments: readonly Attachment[];
  readonly transitTables: readonly TransitTable[];
  readonly groups: ReadonlyMap<string, Group>;
}

/** What `cloudNetwork` reads. */
export const networkTypes = [
  "ec2.Vpc",
  "ec2.VpcIpv4CidrBlockAssociation",
  "ec2.Subnet",
  "ec2.RouteTableAssociation",
  "ec2.MainRouteTableAssociation",
  "ec2.Route",
  "ec2.VpcPeeringConnection",
  "ec2.ManagedPrefixList",
  "ec2.ManagedPrefixListEntry",
  "ec2.SecurityGroup",
  "ec2.SecurityGroupRule",
  "vpc.SecurityGroupIngressRule",
  "vpc.SecurityGroupEgressRule",
  "eks.Cluster",
  "ec2transitgateway.VpcAttachment",
  "ec2transitgateway.PeeringAttachment",
  "ec2transitgateway.RouteTable",
  "ec2transitgateway.RouteTableAssociation",
  "ec2transitgateway.RouteTablePropagation",
  "ec2transitgateway.Route",
  "ec2transitgateway.PrefixListReference",
] as const;

export function cloudNetwork(listed: Listed): CloudNetwork {
  const outputs = (type: (typeof networkTypes)[number]) => listed(type).map((one) => one.outputs);
  const vpcs = vpcRanges(listed);
  const entries = prefixLists(listed);
  return {
    vpcs,
    subnets: subnetsOf(listed),
    routes: routesOf(outputs("ec2.Route"), entries),
    peerings: new Map(
      listed("ec2.VpcPeeringConnection")
        .filter(({ outputs: one }) => one.acceptStatus === "active")
        .map(({ id, outputs: one }) => [id, [one.vpcId, one.peerVpcId]]),
    ),
    attachments: attachmentsOf(listed),
    transitTables: transitTablesOf(listed, vpcs, entries),
    groups: groupsOf(listed, entries),
  };
}

function vpcRanges(listed: Listed): Map<string, string[]> {
  const further = listed("ec2.VpcIpv4CidrBlockAssociation").map(({ outputs }) => outputs);
  return new Map(
    listed("ec2.Vpc").map(({ id, outputs }) => {
      const own = further.filter(({ vpcId }) => vpcId === id).map(({ cidrBlock }) => cidrBlock);
      return [id, [outputs.cidrBlock, ...own]];
    }),
  );
}

/** Ranges of every prefix list. */
function prefixLists(listed: Listed): Map<string, string[]> {
  const single = listed("ec2.ManagedPrefixListEntry").map(({ outputs }) => outputs);
  return new Map(
    listed("ec2.ManagedPrefixList").map(({ id, outputs }) => {
      const further = single.filter(({ prefixListId }) => prefixListId === id);
      return [id, [...(outputs.entries ?? []), ...further].map(({ cidr }: Json) => cidr)];
    }),
  );
}

function subnetsOf(listed: Listed): Subnet[] {
  const associations = listed("ec2.RouteTableAssociation").map(({ outputs }) => outputs);
  const mains = listed("ec2.MainRouteTableAssociation").map(({ outputs }) => outputs);
  const vpcs = new Map(listed("ec2.Vpc").map(({ id, outputs }) => [id, outputs]));
  return listed("ec2.Subnet").map(({ id, outputs }) => {
    const { vpcId: vpc, cidrBlock: cidr, availabilityZone: zone } = outputs;
    const own = associations.find(({ subnetId }) => subnetId === id);
    // A subnet without a table of its own has the main one of its VPC.
    const main = mains.find(({ vpcId }) => vpcId === vpc);
    const routeTable = (own ?? main)?.routeTableId ?? vpcs.get(vpc)?.mainRouteTableId;
    return { id, vpc, cidr, zone, routeTable };
  });
}

function routesOf(all: readonly Json[], lists: Map<string, string[]>): Map<string, Route[]> {
  const tables = new Map<string, Route[]>();
  for (const route of all) {
    const target = targetOf(route);
    if (!target) continue;
    const { destinationCidrBlock: cidr, destinationPrefixListId: list } = route;
    const cidrs: string[] = list ? (lists.get(list) ?? []) : [cidr];
    const table = tables.get(route.routeTableId) ?? [];
    tables.set(route.routeTableId, [...table, ...cidrs.map((one) => ({ cidr: one, target }))]);
  }
  return tables;
}

function targetOf({ vpcPeeringConnectionId, transitGatewayId }: Json): Target | undefined {
  if (vpcPeeringConnectionId) return { kind: "peering", id: vpcPeeringConnectionId };
  return transitGatewayId ? { kind: "transit", id: transitGatewayId } : undefined;
}

function attachmentsOf(listed: Listed): Attachment[] {
  const active = (type: string) =>
    listed(type).filter(({ outputs }) => outputs.state === "available");
  return [
    ...active("ec2transitgateway.VpcAttachment").map(({ id, outputs }) => ({
      id,
      gateways: [outputs.transitGatewayId],
      vpc: outputs.vpcId,
    })),
    ...active("ec2transitgateway.PeeringAttachment").map(({ id, outputs }) => ({
      id,
      gateways: [outputs.transitGatewayId, outputs.peerTransitGatewayId],
    })),
  ];
}

/** Tables of transit gateways: static routes, lists, and what attached VPCs propagate. */
function transitTablesOf(
  listed: Listed,
  vpcs: Map<string, string[]>,
  lists: Map<string, string[]>,
): TransitTable[] {
  const attached = new Map(
    listed("ec2transitgateway.VpcAttachment").map(({ id, outputs }) => [id, outputs.vpcId]),
  );
  const ranges: Record<string, (entry: Json) => readonly string[]> = {
    "ec2transitgateway.Route": ({ destinationCidrBlock }) => [destinationCidrBlock],
    "ec2transitgateway.PrefixListReference": ({ prefixListId }) => lists.get(prefixListId) ?? [],
    "ec2transitgateway.RouteTablePropagation": ({ transitGatewayAttachmentId }) =>
      vpcs.get(attached.get(transitGatewayAttachmentId)) ?? [],
  };
  return listed("ec2transitgateway.RouteTable").map(({ id, outputs }) => {
    const entries = (type: string) =>
      listed(type)
        .map((one) => one.outputs)
        .filter((one) => one.transitGatewayRouteTableId === id);
    const routes = Object.entries(ranges).flatMap(([type, cidrsOf]) =>
      entries(type).flatMap((entry) =>
        cidrsOf(entry).map((cidr) => ({ cidr, attachment: entry.transitGatewayAttachmentId })),
      ),
    );
    const associated = entries("ec2transitgateway.RouteTableAssociation");
    return {
      gateway: outputs.transitGatewayId,
      associated: associated.map((one) => one.transitGatewayAttachmentId),
      routes,
    };
  });
}

function groupsOf(listed: Listed, lists: Map<string, string[]>): Map<string, Group> {
  const read = (type: string, direction?: string) =>
    listed(type)
      .map(({ outputs }) => outputs)
      .filter((rule) => direction === undefined || rule.type === direction);
  const ingress = [
    ...read("vpc.SecurityGroupIngressRule"),
    ...read("ec2.SecurityGroupRule", "ingress"),
  ];
  const egress = [
    ...read("vpc.SecurityGroupEgressRule"),
    ...read("ec2.SecurityGroupRule", "egress"),
  ];
  const byEks = new Set(
    listed("eks.Cluster").map(({ outputs }) => outputs.vpcConfig?.clusterSecurityGroupId),
  );
  const of = (id: string, rules: readonly Json[]) =>
    rules
      .filter(({ securityGroupId }) => securityGroupId === id)
      .map((rule) => groupRule(rule, lists));
  return new Map(
    listed("ec2.SecurityGroup").map(({ id }) => {
      const given = byEks.has(id) ? groupOfCluster(id) : { in: [], out: [] };
      return [
        id,
        { in: [...given.in, ...of(id, ingress)], out: [...given.out, ...of(id, egress)] },
      ];
    }),
  );
}

/** What EKS opens in the group that it makes (https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html). */
const groupOfCluster = (id: string): Group => ({
  in: [{ protocol: "-1", cidrs: [], group: id }],
  out: [{ protocol: "-1", cidrs: ["0.0.0.0/0"] }],
});

function groupRule(rule: Json, lists: Map<string, string[]>): GroupRule {
  const protocol = String(rule.ipProtocol ?? rule.protocol);
  const group = rule.referencedSecurityGroupId ?? rule.sourceSecurityGroupId;
  const { fromPort, toPort } = rule;
  const all = protocol === "-1" || fromPort === undefined;
  return {
    protocol,
    ...(all ? {} : { ports: [Number(fromPort), Number(toPort)] as const }),
    cidrs: [
      ...(rule.cidrIpv4 ? [rule.cidrIpv4] : []),
      ...(rule.cidrBlocks ?? []),
      ...(rule.prefixListId ? (lists.get(rule.prefixListId) ?? []) : []),
    ],
    group: group ?? (rule.self ? rule.securityGroupId : undefined),
  };
}
