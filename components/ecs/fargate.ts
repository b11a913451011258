/** Sizes of tasks on Fargate (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html). */

interface Memories {
  least: number;
  most: number;
  step: number;
}

const GIB = 1024;
const memories = (least: number, most: number, step: number): Memories => ({
  least: least * GIB,
  most: most * GIB,
  step: step * GIB,
});

/** Memory, MiB, by CPU units. The smallest task may have half a GiB too. */
const SIZES = new Map<number, Memories>([
  [256, memories(1, 2, 1)],
  [512, memories(1, 4, 1)],
  [1024, memories(2, 8, 1)],
  [2048, memories(4, 16, 1)],
  [4096, memories(8, 30, 1)],
  [8192, memories(16, 60, 4)],
  [16384, memories(32, 120, 8)],
]);

/** CPU units that there are, and what memory goes with some; absent where there is no such task. */
export function sizesOf(cpu: number): { cpus: number[]; memories?: Memories } {
  return { cpus: [...SIZES.keys()], memories: SIZES.get(cpu) };
}
