/** What a reviewer must not miss: what is lost for good, or what others know the address of. */
import { shortType } from "../report/owners";
import type { Change } from "./change";
import { Fate } from "./change";

interface Danger {
  is: (change: Change) => boolean;
  /** What goes, or is made anew. */
  why: string;
}

const isOf = (type: string) => (change: Change) => change.type === type;

/** Removed or replaced they are dangerous. */
const DANGERS: readonly Danger[] = [
  {
    is: isOf("aws:ec2/vpc:Vpc"),
    why: "with everything in it",
  },
  {
    is: isOf("eks:index:Cluster"),
    why: "with everything that runs in it",
  },
  {
    is: ({ type, urn }) => type.startsWith("tls:") && urn.includes("istio-patterns:index:RootCa$"),
    why: "no certificate that the root stands for is accepted any more: rotate it (docs/roots.md)",
  },
  {
    is: isOf("aws:lb/loadBalancer:LoadBalancer"),
    why: "clusters that are served by istiod behind it lose it meanwhile",
  },
  {
    is: ({ type, urn }) =>
      type === "kubernetes:helm.sh/v3:Release" && /:(EastWest|Ingress)Gateway\$/.test(urn),
    why: "the gateway's load balancer gets another address",
  },
  {
    is: isOf("kubernetes:gateway.networking.k8s.io/v1:Gateway"),
    why: "the gateway's load balancer gets another address",
  },
];

/** A cluster stays in its VPC (https://docs.aws.amazon.com/eks/latest/APIReference/API_VpcConfigRequest.html). */
const STUCK = "EKS refuses another VPC's subnets; remove it first";

/** Why a change is dangerous, where it is. */
export function dangerOf(change: Change): { danger?: string } {
  const { type, fate, follows } = change;
  const loses = fate === Fate.Removed || fate === Fate.Replaced;
  const found = loses && DANGERS.find(({ is }) => is(change));
  if (found) return { danger: found.why };
  const isStuck =
    type === "eks:index:Cluster" && follows.some((name) => name.startsWith(`${VPC} `));
  return fate === Fate.Changed && isStuck ? { danger: STUCK } : {};
}

const VPC = shortType("aws:ec2/vpc:Vpc");
