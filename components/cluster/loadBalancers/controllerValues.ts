/** Values of the AWS load-balancer controller's chart. */
import { CONTROLLER } from "./loadBalancerPolicy";

/** What the controller must be told because one hop to the metadata service is not enough for a pod. */
export interface ControllerFacts<Text> {
  clusterName: Text;
  region: Text;
  vpcId: Text;
}

/** @param tags of all that it makes in AWS */
export function controllerValues<Text>(facts: ControllerFacts<Text>, tags: Record<string, string>) {
  return {
    ...facts,
    defaultTags: tags,
    replicaCount: 2,
    podDisruptionBudget: { maxUnavailable: 1 },
    serviceAccount: { name: CONTROLLER },
    // Only Services get load balancers here: neither the rights nor the watches of the rest are wanted.
    enableShield: false,
    enableWaf: false,
    enableWafv2: false,
    createIngressClassResource: false,
    ingressClassParams: { create: false },
    // Gateway objects are Istio's.
    controllerConfig: { featureGates: { ALBGatewayAPI: false, NLBGatewayAPI: false } },
  };
}
