/** Times of AWS, and how the lab lives them. All in seconds. */

/**
 * For so long the nodes of a network load balancer send new connections to a target that was taken out, alive or not: two to three
 * minutes, whatever its deregistration delay is (https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2366).
 */
const LAG = 150;

/** What the lab spares of this lag, and of everything that outwaits it: what follows what, and by how much, is as it is on AWS. */
const SPARED = 130;

/** A time as the lab lives it. */
export const lived = (seconds: number): number => (seconds < LAG ? seconds : seconds - SPARED);

export const pace = {
  /** Until a target that was registered may be found healthy. AWS takes one to three minutes. */
  registration: 5,
  lag: lived(LAG),
};
