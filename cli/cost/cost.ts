/** What a plan costs a month at list prices, by kind of resource. */
import { grouped } from "../../components/records";
import { Exposure, today } from "../../components/topology";
import type { Graph, Values } from "../../engine";
import { isMade } from "../report/owners";
import { regionOf } from "../report/quotas";
import { GatewayKind } from "../report/report";
import type { ClusterReport, CostReport, NetworkReport } from "../report/report";
import { charge, CHARGES, GATEWAY_BALANCER, LOGGED, NOT_COUNTED } from "./charges";
import type { Charge } from "./charges";
import { PRICES_OF } from "./prices";

export interface Costed {
  graph: Graph;
  networks: NetworkReport[];
  clusters: ClusterReport[];
}

/** Every charge, with the region that it falls due in. */
type Due = Charge & { region: string };

export function reportCost(costed: Costed, day = today()): CostReport {
  const due = [...ofResources(costed, day), ...ofGateways(costed)];
  const priced = due.filter(({ each }) => each !== undefined);
  const sums = [...grouped(priced, ({ what }) => what)].map(([what, same]) => ({
    what,
    count: sum(same.map(({ count }) => count)),
    month: sum(same.map(({ count, each }) => count * each!.usd)),
  }));
  return {
    currency: "USD",
    month: rounded(sum(sums.map(({ month }) => month))),
    parts: sums
      .sort((a, b) => b.month - a.month)
      .map((part) => ({ ...part, month: rounded(part.month) })),
    assumed: assumptions(costed.graph, due),
    notCounted: notCounted(costed.graph, due),
    pricesOf: PRICES_OF,
  };
}

function ofResources({ graph }: Costed, day: string): Due[] {
  return graph.resources.filter(isMade).flatMap((resource) => {
    const charges = CHARGES[resource.type];
    if (!charges) return [];
    const region = regionOf(graph, resource);
    return charges(resource, { region, graph, today: day }).map((each) => ({ ...each, region }));
  });
}

/** Controllers make one for each gateway but those for other meshes; one that faces the internet has a public address in each zone. */
function ofGateways({ clusters, networks }: Costed): Due[] {
  const vpcs = networks.flatMap((network) => network.vpcs);
  return clusters.flatMap(({ region, gateways, vpc }) => {
    const zones = vpcs.find(({ id }) => id === vpc)!.zones;
    return gateways
      .filter(({ kind }) => kind !== GatewayKind.Federation)
      .flatMap(({ exposure }) => [
        ...charge(GATEWAY_BALANCER, "loadBalancer", region),
        ...charge(
          "public IPv4 address",
          "publicAddress",
          region,
          exposure === Exposure.Internet ? zones : 0,
        ),
      ])
      .map((each) => ({ ...each, region }));
  });
}

/** What is in the sum and not known. */
function assumptions(graph: Graph, due: Due[]): string[] {
  const has = (start: string) => due.some(({ what }) => what.startsWith(start));
  const of = (from: string) => [
    ...new Set(due.filter(({ each }) => each?.from === from).map(({ region }) => region)),
  ];
  const [byFactor, elsewhere] = [of("factor"), of("elsewhere")];
  return [
    ...(has("node,") || has("machine,") ? ["the least number of nodes and machines"] : []),
    ...(graph.resources.some(isSpot) ? ["spot instances at the price on demand"] : []),
    ...(has("GB of control")
      ? [`${LOGGED} GB a month of each type of a control plane's logs`]
      : []),
    ...(byFactor.length > 0 ? [`some prices of ${byFactor.join(", ")} by a factor`] : []),
    ...(elsewhere.length > 0 ? [`prices of us-east-1 for ${elsewhere.join(", ")}`] : []),
  ];
}

function isSpot({ inputs }: { inputs: Graph["resources"][number]["inputs"] }): boolean {
  return (
    inputs.capacityType === "SPOT" ||
    inputs.instanceMarketOptions?.marketType === "spot" ||
    inputs.capacityProviderStrategies?.some(
      ({ capacityProvider }: Values) => capacityProvider === "FARGATE_SPOT",
    ) === true
  );
}

/** What is not in the sum though it costs. */
function notCounted(graph: Graph, due: Due[]): string[] {
  const unpriced = due.filter(({ each }) => each === undefined);
  return [
    "traffic, and requests to what is planned",
    ...Object.entries(NOT_COUNTED)
      .filter(([type]) => graph.ofType(type).length > 0)
      .map(([, what]) => what),
    ...new Set(unpriced.map(({ what, region }) => `${what}, in ${region}: no price or size here`)),
  ];
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function rounded(month: number): number {
  return Math.round(month * 100) / 100;
}
