/** What another Pulumi program imports: components with what they are made from, enums, handles, and the check of a description. */
export * from "./existing";
export * from "./handles";
export * from "./roles";
export * from "./topology/description";
export { formatProblem, formatProblems } from "./topology/problem";
export type { Problem } from "./topology/problem";
export { Severity } from "./topology/rule";
export type { Finding } from "./topology/rule";
export type { ClusterValue, Given, GivenVpc } from "./topology/given";
export { ReaderRights } from "./topology/relations/types";

export { checkTopology } from "./mesh/check";
export type { CheckContext, Checked } from "./mesh/check";
export { readPeers } from "./mesh/peers";
export { MeshTopology } from "./mesh/meshTopology";
export type { GivenValues, MeshTopologyArgs, MeshTopologyOptions } from "./mesh/meshTopology";
export type { ClusterOutputs, VpcOutputs } from "./mesh/outputs";

export * from "./network/vpc/vpc";
export * from "./network/links/peering";
export * from "./network/links/transitGateway";
export { Protocol } from "./network/firewall/facts";
export { RuleSide, SecurityRules } from "./network/firewall/securityRules";
export type { GroupRules, SecurityRule, SecurityRulesArgs } from "./network/firewall/securityRules";
export * from "./network/internal/internalBalancer";
export * from "./network/internal/privateZone";

export * from "./cluster/eks/eksCluster";
export * from "./cluster/people/clusterPeople";
export * from "./cluster/nodes/autoModeNodes";
export * from "./cluster/nodes/managedNodes";
export * from "./cluster/loadBalancers/loadBalancerController";
export * from "./cluster/loadBalancers/targetBinding";

export * from "./trust/rootCa";
export * from "./trust/intermediateCa";
export * from "./trust/systemNamespace";

export * from "./access/reader/readerRole";
export * from "./access/reader/remoteReader";
export * from "./access/refresher/tokenRefresher";
export * from "./access/secrets/configClusterAccess";
export * from "./access/secrets/remoteClusters";

export * from "./istio/controlPlane/istioControlPlane";
export * from "./istio/controlPlane/meshConfiguration";
export type { IstiodPlan } from "./istio/facts";
export * from "./istio/remote/istioRemote";
export type { RemoteRevision } from "./istio/remote/remoteValues";
export * from "./istio/relay/istiodRelay";
export * from "./istio/revisions/revisionTag";
export * from "./istio/gateways/gatewayApiCrds";
export * from "./istio/gateways/eastWestGateway";
export * from "./istio/gateways/ingressGateway";

export * from "./federation/federationConfiguration";
export * from "./federation/federationGateway";

export * from "./tenancy/egress/tenantEgress";
export * from "./tenancy/namespace/namespaceTenant";
export * from "./tenancy/namespace/tenantAdmins";
export * from "./tenancy/namespace/tenantGuard";

export * from "./vm/entryPolicy";
export * from "./vm/machineRegistration";
export * from "./vm/machineRole";
export * from "./vm/virtualMachineGroup";

export type { EcsInstances } from "./ecs/capacity";
export * from "./ecs/ecsMeshCluster";
export * from "./ecs/ecsMeshService";
export type { TaskForward, TaskMembership } from "./ecs/membership";
export * from "./ecs/meshTaskDefinition";
export type { OwnContainer } from "./ecs/tasks/ownContainers";
export * from "./ecs/taskPolicy";
export * from "./ecs/taskRegistration";
export * from "./ecs/taskRoles";
