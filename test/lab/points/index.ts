import type { Check } from "../run/check";
import { driftChecks, upChecks } from "./p1UpWithoutDrift";
import { seeingChecks } from "./p2IstiodsSee";
import { trustChecks } from "./p3Trust";
import { endpointChecks } from "./p4Endpoints";
import { injectionChecks } from "./p5Injection";
import { changeChecks } from "./p6Change";
import { accessChecks } from "./p7Access";
import { tokenChecks } from "./p7Tokens";
import { stateChecks } from "./p8State";
import { destroyChecks } from "./p9Destroy";
import { failureChecks } from "./p9Failures";

/** Every check, in the order in which one deployment goes through them. */
export const checks: readonly Check[] = [
  ...upChecks,
  ...seeingChecks,
  ...injectionChecks,
  ...trustChecks,
  ...endpointChecks,
  ...accessChecks,
  ...tokenChecks,
  ...changeChecks,
  ...driftChecks,
  ...stateChecks,
  ...destroyChecks,
  ...failureChecks,
];
