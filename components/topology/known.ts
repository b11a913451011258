/** Names that a description has, whatever else is wrong with it. */
import type { TopologyDescription } from "./description";

/** The value at a path of a description that may be anything. */
export function valueAt(description: unknown, keys: PropertyKey[]): unknown {
  return keys.reduce<unknown>(
    (node, key) =>
      typeof node === "object" && node !== null
        ? (node as Record<PropertyKey, unknown>)[key]
        : undefined,
    description,
  );
}

function keysAt(description: unknown, ...keys: PropertyKey[]): string[] {
  const map = valueAt(description, keys);
  return typeof map === "object" && map !== null && !Array.isArray(map) ? Object.keys(map) : [];
}

/** What a field names, by its key: the section of the description that has the names. */
const NAMED_IN: Record<string, keyof TopologyDescription> = {
  network: "networks",
  mesh: "meshes",
  controlledBy: "clusters",
  configCluster: "clusters",
};

/** Names that may stand in a field. */
export function namesFor(key: PropertyKey | undefined, description: unknown): string[] {
  const section = Object.hasOwn(NAMED_IN, String(key)) ? NAMED_IN[String(key)] : undefined;
  return section === undefined ? [] : keysAt(description, section);
}

/** Clusters that are members of no mesh yet; all where there is none. */
export function unmeshed(description: unknown): string[] {
  const taken = keysAt(description, "meshes").flatMap((mesh) =>
    keysAt(description, "meshes", mesh, "clusters"),
  );
  const all = keysAt(description, "clusters");
  const free = all.filter((cluster) => !taken.includes(cluster));
  return free.length > 0 ? free : all;
}
