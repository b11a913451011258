import type { Check, Pattern } from "../run/check";
import { templateChecks } from "./p1Template";
import { driftChecks, upChecks } from "./p1UpWithoutDrift";
import { seeingChecks } from "./p2IstiodsSee";
import { remoteChecks } from "./p2Remotes";
import { rotationSteps } from "./p3Roots";
import { trustChecks } from "./p3Trust";
import { endpointChecks } from "./p4Endpoints";
import { localityChecks } from "./p4Locality";
import { injectionChecks } from "./p5Injection";
import { relayChecks } from "./p5Relay";
import { changeChecks, removalChecks } from "./p6Change";
import { gatewayChecks } from "./p6Gateways";
import { wishChecks } from "./p6Wishes";
import { accessChecks } from "./p7Access";
import { downChecks, failoverChecks } from "./p7Failover";
import { kubeconfigChecks } from "./p7Kubeconfigs";
import { tokenChecks } from "./p7Tokens";
import { stateChecks } from "./p8State";
import { destroyChecks } from "./p9Destroy";
import { failureChecks } from "./p9Failures";
import { remoteOrderChecks } from "./p9Remotes";
import { sdkChecks } from "./p10Sdks";
import { upgradeSteps } from "./p13Upgrade";
import { planChecks, policyChecks } from "./p15Policies";
import { mixed } from "../run/tasks";
import { captureChecks } from "./p11Capture";
import { clusterTenantChecks } from "./p16Clusters";
import { meshTenantChecks } from "./p16Meshes";
import { tenantChecks } from "./p16Tenants";
import { cellChecks } from "./p11Cells";
import { faultChecks, rootFaultChecks } from "./p11Faults";
import { ambientFederationChecks } from "./p11Ambient";
import { federationChecks } from "./p11Federation";
import { firstCallChecks } from "./p11FirstCalls";
import { findingChecks } from "./p11Findings";
import { rolloutChecks } from "./p11Rollouts";
import { streamChecks } from "./p11Streams";
import { trafficChecks } from "./p11Traffic";
import { machineChecks } from "./p14MachineLife";
import { taskClosedChecks } from "./p17Closed";
import { taskLifeChecks } from "./p17TaskLife";
import { taskHelperChecks } from "./p17Helpers";
import { taskKnownChecks } from "./p17Known";
import { taskChecks } from "./p17Tasks";
import { taskWireChecks } from "./p17TaskWire";
import { taskWaypointChecks } from "./p17Waypoint";

/** Every check, in the order in which one deployment goes through them. */
export const checks: readonly Check[] = [
  ...planChecks,
  ...templateChecks,
  ...upChecks,
  ...seeingChecks,
  ...injectionChecks,
  ...trustChecks,
  ...endpointChecks,
  ...localityChecks,
  ...remoteChecks,
  ...relayChecks,
  ...trafficChecks,
  ...cellChecks,
  ...captureChecks,
  ...federationChecks,
  ...tenantChecks,
  ...clusterTenantChecks,
  ...meshTenantChecks,
  ...findingChecks,
  ...firstCallChecks,
  ...machineChecks,
  ...taskChecks,
  ...taskHelperChecks,
  ...taskClosedChecks,
  ...taskWireChecks,
  ...taskLifeChecks,
  ...taskWaypointChecks,
  ...taskKnownChecks,
  ...gatewayChecks,
  ...rolloutChecks,
  ...faultChecks,
  ...streamChecks,
  ...downChecks,
  ...kubeconfigChecks,
  ...accessChecks,
  ...tokenChecks,
  ...changeChecks,
  ...wishChecks,
  ...failoverChecks,
  ...removalChecks,
  ...driftChecks,
  ...stateChecks,
  ...rootFaultChecks,
  ...remoteOrderChecks,
  ...destroyChecks,
  ...sdkChecks,
  ...policyChecks,
  ...failureChecks,
];

const named = (all: readonly Check[], key: string): Check[] => all.filter((one) => one.key === key);

/** Stacks that are walked from one state to another. */
const walks: Readonly<Record<string, readonly Check[]>> = {
  upgrade: [
    ...upChecks,
    ...named(trafficChecks, "probes"),
    ...upgradeSteps,
    ...named(destroyChecks, "emptied"),
  ],
  rotation: [
    ...upChecks,
    ...named(injectionChecks, "deploy"),
    ...named(trafficChecks, "probes"),
    ...rotationSteps(),
    ...named(destroyChecks, "emptied"),
  ],
  "ambient-meshes": [...upChecks, ...ambientFederationChecks, ...named(destroyChecks, "emptied")],
};

/** What a description that was drawn has to show. */
const drawn: readonly Check[] = [
  ...upChecks,
  ...named(seeingChecks, "verified"),
  ...cellChecks,
  ...named(destroyChecks, "emptied"),
];

/** What a stack file has to show that puts together what others show apart. */
const composed: readonly Check[] = [
  ...upChecks,
  ...named(trafficChecks, "probes"),
  ...named(machineChecks, "machine-boots"),
  ...named(taskChecks, "task-joins"),
  ...named(machineChecks, "machine-reached"),
  ...taskKnownChecks,
  ...named(destroyChecks, "emptied"),
];

/** What a stack file has to show. */
export function checksOf({ kind, name }: Pattern): readonly Check[] {
  if (kind === "drawn") return drawn;
  if (kind === "shipped" && name === mixed) return composed;
  return (kind === "walked" && walks[name]) || checks;
}
