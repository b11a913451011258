import type { Topology } from "./topology";

/** Config keys that a description names for secrets, by what they hold, each once. */
export function secretKeysOf({ trust, meshes, clusters }: Topology) {
  const trusts = [trust, ...Object.values(meshes).flatMap((mesh) => mesh.trust ?? [])];
  const roots = trusts.flatMap(({ roots: listed }) => Object.values(listed));
  const kubeconfigs = Object.values(clusters).flatMap(({ existing }) => existing?.kubeconfig ?? []);
  const keysOf = (sources: { secret?: string }[]) => [
    ...new Set(sources.flatMap(({ secret }) => secret ?? [])),
  ];
  return { roots: keysOf(roots), kubeconfigs: keysOf(kubeconfigs) };
}
