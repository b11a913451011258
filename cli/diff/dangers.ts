/** What a reviewer must not miss: what is lost for good, or what others know the address of. */
import { isFederations, shortType } from "../report/owners";
import type { Change } from "./change";
import { Fate } from "./change";
import { ACCOUNT } from "./moves";

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";

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
    is: ({ type, urn }) => type === BALANCER && isFederations(urn),
    why: "other meshes call by its addresses, and lose what they import meanwhile",
  },
  {
    is: isOf(BALANCER),
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

/** Nothing is made in the other account, and nothing removed. */
const ELSEWHERE =
  "Pulumi leaves it where it is, and looks for it in the other account; remove it first";

/** What everything else stands in. */
const PLACES = ["aws:ec2/vpc:Vpc", "eks:index:Cluster"];

/** Why a change is dangerous, where it is. */
export function dangerOf(change: Change): { danger?: string } {
  const { type, fate, follows, inputs } = change;
  const loses = fate === Fate.Removed || fate === Fate.Replaced;
  const found = loses && DANGERS.find(({ is }) => is(change));
  if (found) return { danger: found.why };
  const isStuck =
    type === "eks:index:Cluster" && follows.some((name) => name.startsWith(`${VPC} `));
  if (fate === Fate.Changed && isStuck) return { danger: STUCK };
  const isElsewhere = inputs.some(({ path }) => path === ACCOUNT);
  return fate === Fate.Changed && isElsewhere && PLACES.includes(type) ? { danger: ELSEWHERE } : {};
}

const VPC = shortType("aws:ec2/vpc:Vpc");
