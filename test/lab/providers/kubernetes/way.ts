/** Whether whoever runs Pulumi comes in to an API server. */
import { holdsRunner } from "../../machine/vpc/ways";
import type { Store } from "../base/store";
import { asList, asProps, asText } from "../base/values";
import type { Props } from "../base/values";

/**
 * Why nobody answers, where nobody does: an API server without a public endpoint is reached through network interfaces that
 * carry the cluster's group (https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html#private-access). That packets
 * find a way to them is not looked at.
 */
export function silenceOf(server: string, store: Store): string | undefined {
  const cluster = store.list("eks.Cluster").find(({ outputs }) => outputs.endpoint === server);
  if (asProps(cluster?.inputs.vpcConfig).endpointPublicAccess !== false) return undefined;
  const group = asProps(cluster?.outputs.vpcConfig).clusterSecurityGroupId;
  const isOpen = store
    .list("vpc.SecurityGroupIngressRule")
    .filter(({ inputs }) => inputs.securityGroupId === group)
    .some(
      ({ inputs }) =>
        isForHttps(inputs) && rangesOf(inputs, store).some((cidr) => holdsRunner(asText(cidr))),
    );
  return isOpen
    ? undefined
    : `configured Kubernetes cluster is unreachable: ${server}: dial tcp: i/o timeout`;
}

function isForHttps({ ipProtocol, fromPort, toPort }: Props): boolean {
  return ipProtocol === "-1" || (Number(fromPort) <= 443 && Number(toPort) >= 443);
}

function rangesOf({ cidrIpv4, prefixListId }: Props, store: Store): unknown[] {
  const list = store.get("ec2.ManagedPrefixList", asText(prefixListId));
  return [cidrIpv4, ...asList(list?.inputs.entries).map((entry) => asProps(entry).cidr)];
}
