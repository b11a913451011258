import type { Json } from "../machine/kube";
import type { Cluster } from "../machine/machine";
import { isBrought } from "../machine/readinessGates";

const admission = "/apis/admissionregistration.k8s.io/v1";

/** Webhook configurations that did not come with the cluster: mutating ones first. */
export async function ownWebhooks({ kube }: Cluster): Promise<Json[]> {
  const lists = ["mutating", "validating"].map((kind) =>
    kube.list(`${admission}/${kind}webhookconfigurations`),
  );
  return (await Promise.all(lists)).flat().filter((one) => !isBrought(one));
}
