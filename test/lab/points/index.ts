import type { Check } from "../run/check";
import { driftChecks, upChecks } from "./p1UpWithoutDrift";
import { seeingChecks } from "./p2IstiodsSee";
import { remoteChecks } from "./p2Remotes";
import { trustChecks } from "./p3Trust";
import { endpointChecks } from "./p4Endpoints";
import { localityChecks } from "./p4Locality";
import { injectionChecks } from "./p5Injection";
import { relayChecks } from "./p5Relay";
import { changeChecks, removalChecks } from "./p6Change";
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
import { cellChecks } from "./p11Cells";
import { faultChecks } from "./p11Faults";
import { findingChecks } from "./p11Findings";
import { streamChecks } from "./p11Streams";
import { trafficChecks } from "./p11Traffic";

/** Every check, in the order in which one deployment goes through them. */
export const checks: readonly Check[] = [
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
  ...findingChecks,
  ...streamChecks,
  ...faultChecks,
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
  ...remoteOrderChecks,
  ...destroyChecks,
  ...sdkChecks,
  ...failureChecks,
];

/** The stack that is walked from one revision to another. */
const walked = "upgrade";

const walk: readonly Check[] = [
  ...upChecks,
  ...trafficChecks.filter(({ key }) => key === "probes"),
  ...upgradeSteps,
  ...destroyChecks.filter(({ key }) => key === "emptied"),
];

/** What a stack file has to show. */
export const checksOf = (pattern: string): readonly Check[] => (pattern === walked ? walk : checks);
