/** Which agents stand on the nodes of a cluster. */
import { DataPlane, Injection } from "../../topology";
import { ChartName } from "../../versions/charts";
import { timeouts } from "../timeouts";
import { cniValues, ztunnelValues } from "./controlPlaneValues";
import type { ReleasePlan } from "../releasePlan";
import type { AgentFacts, ZtunnelFacts } from "./valueFacts";

/** What decides whether there are any. */
interface Place {
  dataPlane: DataPlane;
  injection: Injection;
  /** No pod of the mesh runs in the cluster of an external istiod. */
  external?: boolean;
}

/** Whether an agent on each node redirects pods' traffic: always in ambient, and where sidecars are to need no privilege. */
export function hasNodeAgents({ dataPlane, injection, external = false }: Place): boolean {
  return !external && (dataPlane === DataPlane.Ambient || injection === Injection.Cni);
}

/** The release of chart `cni`, where a cluster has it. */
export function cniRelease(facts: Place & AgentFacts): ReleasePlan[] {
  if (!hasNodeAgents(facts)) return [];
  return [
    {
      chart: ChartName.Cni,
      release: "istio-cni",
      istioVersion: facts.agentVersion,
      values: cniValues(facts),
      timeout: timeouts.cni,
    },
  ];
}

/** The releases, one after the other: pods are redirected before ztunnel takes what they send. */
export function agentReleases(facts: Place & ZtunnelFacts): ReleasePlan[] {
  return [...cniRelease(facts), ...(facts.dataPlane === DataPlane.Ambient ? [ztunnel(facts)] : [])];
}

function ztunnel(facts: ZtunnelFacts): ReleasePlan {
  return {
    chart: ChartName.Ztunnel,
    release: "ztunnel",
    istioVersion: facts.agentVersion,
    values: ztunnelValues(facts),
    timeout: timeouts.ztunnel,
  };
}
