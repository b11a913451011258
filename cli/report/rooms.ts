/** Which room of the package makes a resource. */
import type { Graph, Registration } from "../../engine";
import { OURS } from "./owners";
import type { Room } from "./resource";

/** Rooms of this package's components. */
export const COMPONENT_ROOMS: Readonly<Record<string, Room>> = {
  Vpc: "network",
  VpcPeeringRequest: "network",
  VpcPeeringSide: "network",
  TransitGateway: "network",
  SecurityRules: "network",
  InternalBalancer: "network",
  PrivateZone: "network",
  PrivateZoneAssociation: "network",
  EksCluster: "cluster",
  AutoModeNodes: "cluster",
  ManagedNodes: "cluster",
  ClusterPeople: "cluster",
  LoadBalancerController: "cluster",
  TargetBinding: "cluster",
  RootCa: "trust",
  IntermediateCa: "trust",
  SystemNamespace: "trust",
  TokenRefresher: "access",
  RemoteReader: "access",
  ReaderRole: "access",
  ConfigClusterAccess: "access",
  RemoteClusters: "access",
  IstioControlPlane: "istio",
  MeshConfiguration: "istio",
  IstiodRelay: "istio",
  IstioRemote: "istio",
  RevisionTag: "istio",
  EastWestGateway: "istio",
  GatewayApiCrds: "istio",
  IngressGateway: "istio",
  FederationConfiguration: "federation",
  FederationGateway: "federation",
  NamespaceTenant: "tenancy",
  TenantEgress: "tenancy",
  TenantAdmins: "tenancy",
  TenantGuard: "tenancy",
  EntryPolicy: "vm",
  MachineRole: "vm",
  MachineRegistration: "vm",
  VirtualMachineGroup: "vm",
  EcsMeshCluster: "ecs",
  EcsMeshService: "ecs",
  TaskPolicy: "ecs",
  TaskRegistration: "ecs",
  TaskRoles: "ecs",
  MeshTopology: "mesh",
};

/** Types that rooms make beside their components. */
const ALONE: readonly [type: RegExp, room: Room][] = [
  [/^pulumi:providers:kubernetes$/, "cluster"],
  [/^aws:(ec2|vpc|ec2transitgateway|ram|route53)\//, "network"],
];

/** The room of the innermost component that a resource is in, or of its type where it is in the whole alone. */
export function roomOf(graph: Graph, resource: Registration): Room {
  for (let at: Registration | undefined = resource; at; at = graph.parentOf(at)) {
    const room = COMPONENT_ROOMS[at.type.replace(OURS, "")];
    if (room && room !== "mesh") return room;
  }
  return ALONE.find(([type]) => type.test(resource.type))?.[1] ?? "mesh";
}
