/** What instances have for tasks. */

/** What an instance has for tasks. */
export interface Room {
  /** CPU units. */
  cpu: number;
  /** MiB, of which the system keeps some. */
  memory: number;
  /** Network interfaces beside the instance's own: each task takes one. */
  interfaces: number;
}

/** Processors of a size, and its network interfaces. */
const SIZES = new Map<string, { vcpus: number; interfaces: number }>([
  ["medium", { vcpus: 1, interfaces: 2 }],
  ["large", { vcpus: 2, interfaces: 3 }],
  ["xlarge", { vcpus: 4, interfaces: 4 }],
  ["2xlarge", { vcpus: 8, interfaces: 4 }],
  ["4xlarge", { vcpus: 16, interfaces: 8 }],
  ["8xlarge", { vcpus: 32, interfaces: 8 }],
  ["12xlarge", { vcpus: 48, interfaces: 8 }],
  ["16xlarge", { vcpus: 64, interfaces: 15 }],
  ["24xlarge", { vcpus: 96, interfaces: 15 }],
]);

/** GiB for each processor. */
const MEMORY = new Map([
  ["c", 2],
  ["m", 4],
  ["r", 8],
]);

/** Families whose sizes are alike in all of these. */
const ALIKE = /^([cmr])(5|5a|5d|6a|6g|6gd|6i|6id|7a|7g|7gd|7i|8g|8gd)$/;

const SMALL = new Map<string, { vcpus: number; gib: number; interfaces: number }>([
  ["nano", { vcpus: 2, gib: 0.5, interfaces: 2 }],
  ["micro", { vcpus: 2, gib: 1, interfaces: 2 }],
  ["small", { vcpus: 2, gib: 2, interfaces: 3 }],
  ["medium", { vcpus: 2, gib: 4, interfaces: 3 }],
  ["large", { vcpus: 2, gib: 8, interfaces: 3 }],
  ["xlarge", { vcpus: 4, gib: 16, interfaces: 4 }],
  ["2xlarge", { vcpus: 8, gib: 32, interfaces: 4 }],
]);

/** Families that burst. Those of AMD have an interface less in one size, and are left out. */
const BURSTING = /^(t3|t4g)$/;

/** Families that are looked up. */
export const KNOWN = "c, m and r of the generations 5 to 8, t3, t4g";

function sizeOf(
  instanceType: string,
): { vcpus: number; gib: number; interfaces: number } | undefined {
  const [family = "", size = ""] = instanceType.split(".");
  if (BURSTING.test(family)) return SMALL.get(size);
  const each = MEMORY.get(ALIKE.exec(family)?.[1] ?? "");
  const has = SIZES.get(size);
  return each === undefined || !has ? undefined : { ...has, gib: has.vcpus * each };
}

/**
 * What a type has for tasks; absent where that is not known here
 * (https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-nitro-instances.html; interfaces as EC2 answered
 * aws/amazon-vpc-cni-k8s, pkg/vpc/vpc_ip_resource_limit.go, of 2026-08-20).
 */
export function roomOf(instanceType: string): Room | undefined {
  const has = sizeOf(instanceType);
  return has && { cpu: has.vcpus * 1024, memory: has.gib * 1024, interfaces: has.interfaces - 1 };
}
