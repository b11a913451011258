import type { Json } from "../kube";

interface Program {
  readonly image: RegExp;
  readonly entrypoint: readonly string[];
}

/** What an image starts when a container names no command: the entry points of the published images. */
const programs = [
  { image: /\/pilot[:@]/, entrypoint: ["/usr/local/bin/pilot-discovery"] },
  { image: /\/proxyv2[:@]/, entrypoint: ["/usr/local/bin/pilot-agent"] },
  { image: /\/aws-cli[:@]/, entrypoint: ["/usr/local/bin/aws"] },
] as const satisfies readonly Program[];

/** Binaries of the lab that every container finds in /usr/local/bin. */
export const binaries = ["pilot-discovery", "pilot-agent", "envoy"] as const;

export function entrypointOf({ image, command }: Json): readonly string[] {
  const found = command ?? programs.find((program) => program.image.test(image))?.entrypoint;
  if (!found) throw new Error(`the lab does not know what the image ${image} starts`);
  return found;
}

/** istiod and the relay are run; whatever else a test wants to be real it says itself. */
export function runsByDefault(pod: Json): boolean {
  return pod.spec.containers.some(
    ({ image, command = [] }: Json) => /\/pilot[:@]/.test(image) || /\benvoy$/.test(command[0]),
  );
}
