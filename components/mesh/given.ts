/** What a program gives a `MeshTopology` of things that exist, by name. */
import type { ExistingValues, ExistingVpcValues } from "../existing";
import { mapValues } from "../records";
import { CLUSTER_VALUES } from "../topology";
import type { Given, GivenVpc } from "../topology";

/** Which values are given: all that the check of a description may know. */
export function givenOf({ vpcs = {}, clusters = {} }: ExistingValues = {}): Given {
  return {
    vpcs: mapValues(vpcs, givenOfVpc),
    clusters: mapValues(clusters, (values) =>
      CLUSTER_VALUES.filter((key) => values[key] !== undefined),
    ),
  };
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
