/** What starts anew when a chart's version or values move. */
import type { ReleaseReport } from "../report/report";

interface Restart {
  /** Of another version. */
  version: string;
  /** Of other values alone: Helm changes only what is made of them. */
  values: string;
}

const rolls = (what: string) => `${what} start anew, if what they are made of is among them`;

/**
 * By chart. Sidecars and gateways take their proxy from the webhook when their pod starts, so they keep the old one until then
 * (https://istio.io/latest/docs/setup/upgrade/in-place/); a node agent that starts anew takes or breaks connections of its node
 * (https://istio.io/latest/docs/ambient/upgrade/helm/).
 */
const RESTARTS: Readonly<Record<string, Restart>> = {
  base: { version: "nothing starts anew: definitions", values: "nothing starts anew" },
  istiod: {
    version: "istiod starts anew; sidecars and gateways keep their proxy until their pods do",
    values: rolls("istiod's pods"),
  },
  gateway: {
    version: "the gateway's pods start anew, one after another",
    values: rolls("the gateway's pods"),
  },
  cni: {
    version: "the CNI agent starts anew on each node, and pods that start there wait for it",
    values: rolls("CNI agents"),
  },
  ztunnel: {
    version: "ztunnel starts anew on each node, and long connections of its pods end",
    values: rolls("ztunnels"),
  },
  "aws-load-balancer-controller": {
    version: "the controller starts anew; load balancers stay",
    values: rolls("the controller's pods"),
  },
  "gateway-crds-helm": {
    version: "nothing starts anew: definitions",
    values: "nothing starts anew",
  },
};

/** What a chart's move means; of one that is not known, that is said. */
export function restartsOf(before: ReleaseReport, after: ReleaseReport): string {
  const restart = RESTARTS[after.chart];
  if (!restart) return `what chart ${after.chart} starts anew is not known here`;
  return before.version === after.version ? restart.values : restart.version;
}

/** https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html, rollback-cluster.html */
export const KUBERNETES_RESTARTS =
  "the API server moves first, then every node is replaced within its disruption budgets; back within 7 days alone";
