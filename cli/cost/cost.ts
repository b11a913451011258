/** What a plan costs a month at list prices, by kind of resource. */
import type { Graph, Registration } from "../../engine";
import { lookUp } from "../../components/records";
import { Exposure, NodeKind } from "../../components/topology";
import { regionOf } from "../report/quotas";
import type { ClusterReport, CostPart, CostReport, NetworkReport } from "../report/report";
import { ELSEWHERE, HOURS, INSTANCES, LOGGED, PRICES_OF, pricesIn, REGIONS, SPOT } from "./prices";
import type { Prices } from "./prices";

/** How much of what a resource is: usually one. */
interface Charge {
  what: string;
  price: keyof Prices;
  /** Hours of a month, where the price is for one. */
  times: number;
}

const hourly = (what: string, price: keyof Prices, number = 1): Charge => ({
  ...{ what, price, times: number * HOURS },
});

const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";

/** By type; what stands in no row costs nothing by itself. */
const CHARGES: Readonly<Record<string, (resource: Registration) => Charge[]>> = {
  "eks:index:Cluster": ({ inputs }) => [
    hourly("EKS control plane", "eksCluster"),
    logs(
      "control plane's logs",
      LOGGED.eachTypeOfControlPlane * (inputs.enabledClusterLogTypes ?? []).length,
    ),
  ],
  "aws:ec2/natGateway:NatGateway": () => [hourly("NAT gateway", "natGateway")],
  "aws:ec2/eip:Eip": () => [hourly("public IPv4 address", "publicAddress")],
  "aws:lb/loadBalancer:LoadBalancer": () => [hourly("load balancer of istiod", "loadBalancer")],
  "aws:kms/key:Key": () => [{ what: "KMS key", price: "key", times: 1 }],
  "aws:route53/zone:Zone": () => [{ what: "private zone", price: "hostedZone", times: 1 }],
  "aws:ec2/flowLog:FlowLog": () => [logs("flow logs", LOGGED.flowLog)],
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ inputs }) =>
    inputs.vpcEndpointType === "Interface"
      ? [hourly("endpoint, for each zone", "interfaceEndpoint", inputs.subnetIds.length)]
      : [],
  "aws:ec2transitgateway/vpcAttachment:VpcAttachment": () => [
    hourly("transit gateway attachment", "transitGatewayAttachment"),
  ],
  "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": () => [
    hourly("transit gateway attachment", "transitGatewayAttachment"),
  ],
};

function logs(what: string, gigabytes: number): Charge {
  return { what, price: "logs", times: gigabytes };
}

export interface Costed {
  graph: Graph;
  networks: NetworkReport[];
  clusters: ClusterReport[];
}

export function reportCost({ graph, networks, clusters }: Costed): CostReport {
  const regions = new Set<string>();
  const parts = new Map<string, CostPart>();
  const add = (what: string, count: number, month: number) => {
    const before = parts.get(what) ?? { what, count: 0, month: 0 };
    parts.set(what, { what, count: before.count + count, month: before.month + month });
  };
  const charge = (region: string, { what, price, times }: Charge) => {
    if (times === 0) return;
    regions.add(region);
    add(what, 1, pricesIn(region).prices[price] * times);
  };
  for (const resource of graph.resources)
    for (const each of CHARGES[resource.type]?.(resource) ?? [])
      charge(placeOf(graph, resource), each);
  for (const cluster of clusters)
    for (const each of gatewayCharges(cluster, networks)) charge(cluster.region, each);
  const unpriced = graph.ofType(NODE_GROUP).flatMap((group) => addNodes(graph, group, add));
  const sorted = [...parts.values()].sort((a, b) => b.month - a.month);
  return {
    currency: "USD",
    month: rounded(sorted.reduce((sum, { month }) => sum + month, 0)),
    parts: sorted.map((part) => ({ ...part, month: rounded(part.month) })),
    notes: [...notesOf([...regions]), ...nodeNotes(clusters, unpriced)],
    pricesOf: PRICES_OF,
  };
}

/** One that faces the internet has a public address in each of its zones. */
function gatewayCharges({ gateways, vpc }: ClusterReport, networks: NetworkReport[]): Charge[] {
  const { zones } = networks.flatMap(({ vpcs }) => vpcs).find(({ id }) => id === vpc)!;
  return gateways.flatMap(({ exposure }) => [
    hourly("load balancer of a gateway", "loadBalancer"),
    ...(exposure === Exposure.Internet
      ? Array.from({ length: zones }, () => hourly("public IPv4 address", "publicAddress"))
      : []),
  ]);
}

/** The least number of nodes of the first type, with their disks; gives the type where its price is not known. */
function addNodes(
  graph: Graph,
  group: Registration,
  add: (what: string, count: number, month: number) => void,
): string[] {
  const { instanceTypes = [], capacityType, scalingConfig } = group.inputs;
  const [type] = instanceTypes as string[];
  const hour = INSTANCES[type ?? ""];
  const region = placeOf(graph, group);
  const { prices } = pricesIn(region);
  const number = scalingConfig.minSize;
  const template = graph.ofType("aws:ec2/launchTemplate:LaunchTemplate");
  const disk = template.find(({ parent }) => parent === group.parent)?.inputs.blockDeviceMappings;
  add("disk of a node", number, number * (disk?.[0]?.ebs?.volumeSize ?? 0) * prices.disk);
  if (hour === undefined) return [type ?? "no type"];
  const dearer = prices.natGateway / lookUp(REGIONS, "us-east-1").natGateway;
  const spot = capacityType === "SPOT" ? SPOT : 1;
  add(`node, ${type}${spot < 1 ? ", spot" : ""}`, number, number * hour * HOURS * dearer * spot);
  return [];
}

function notesOf(regions: string[]): string[] {
  const others = regions.filter((region) => !pricesIn(region).own).sort();
  return [
    "traffic, what services use and support beyond the standard one are not counted",
    ...(others.length > 0
      ? [`${others.join(", ")} by a factor, since no price of its own is here`]
      : []),
  ];
}

function nodeNotes(clusters: ClusterReport[], unpriced: string[]): string[] {
  const isAuto = ({ existing, nodes }: ClusterReport) => !existing && nodes === NodeKind.AutoMode;
  return [
    ...(clusters.some(isAuto) ? ["nodes of Auto Mode are not counted: they follow your pods"] : []),
    ...[...new Set(unpriced)].map(
      (type) => `nodes of type ${type} are not counted: no price of it is here`,
    ),
  ];
}

/** What has no region of its own, a private zone say, costs the same everywhere. */
function placeOf(graph: Graph, resource: Registration): string {
  return regionOf(graph, resource) ?? ELSEWHERE.of;
}

function rounded(month: number): number {
  return Math.round(month * 100) / 100;
}
