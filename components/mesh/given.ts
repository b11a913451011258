/** What a program gives a `MeshTopology` of things that exist, by name. */
import type { ExistingValues, ExistingVpcValues } from "../existing";
import { mapValues } from "../records";
import { CLUSTER_VALUES, VPC_VALUES } from "../topology";
import type { Given, GivenVpc, UnreadValue } from "../topology";

/** Which values are given: all that the check of a description may know. */
export function givenOf({ vpcs = {}, clusters = {} }: ExistingValues = {}): Given {
  const unread = [
    ...unreadOf("vpcs", vpcs, VPC_VALUES satisfies readonly (keyof ExistingVpcValues)[]),
    ...unreadOf("clusters", clusters, CLUSTER_VALUES),
  ];
  return {
    ...(unread.length > 0 && { unread }),
    vpcs: mapValues(vpcs, givenOfVpc),
    clusters: mapValues(clusters, (values) =>
      CLUSTER_VALUES.filter((key) => values[key] !== undefined),
    ),
  };
}

/** Only where no compiler looks at the program: a value under such a key would be lost without a word. */
function unreadOf(
  of: UnreadValue["of"],
  things: Record<string, object>,
  known: readonly string[],
): UnreadValue[] {
  return Object.entries(things).flatMap(([name, values]) =>
    Object.entries(values)
      .filter(([key, value]) => value !== undefined && !known.includes(key))
      .map(([key]) => ({ of, name, key })),
  );
}

function givenOfVpc(values: ExistingVpcValues): GivenVpc {
  const { vpcId, subnetIds = {}, routeTableIds = {}, natAddresses = [] } = values;
  return {
    vpcId: vpcId !== undefined,
    subnets: Object.keys(subnetIds),
    routeTables: Object.keys(routeTableIds),
    natAddresses: natAddresses.length,
  };
}
