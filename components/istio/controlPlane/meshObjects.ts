/** Istio's own objects that a mesh begins with. */
import { MutualTls } from "../../topology";

/** What the first objects of a mesh depend on, with an opaque leaf. */
export interface MeshObjectFacts<Leaf> {
  /** The mesh's root namespace: what stands there holds for the whole mesh. */
  namespace: Leaf;
  mtls: MutualTls;
}

/** One of them. */
export interface MeshObject<Leaf> {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: Leaf };
  spec: object;
}

const modes = {
  [MutualTls.Strict]: "STRICT",
  [MutualTls.Permissive]: "PERMISSIVE",
} satisfies Record<MutualTls, string>;

/**
 * The objects, by what the names of their resources end in. By its name and namespace each holds for the whole mesh
 * (https://istio.io/latest/docs/reference/config/security/peer_authentication/).
 */
export function meshObjects<Leaf>({
  namespace,
  mtls,
}: MeshObjectFacts<Leaf>): Record<string, MeshObject<Leaf>> {
  return {
    "peer-authentication": {
      apiVersion: "security.istio.io/v1",
      kind: "PeerAuthentication",
      metadata: { name: "default", namespace },
      spec: { mtls: { mode: modes[mtls] } },
    },
  };
}

/** What a control plane puts into its own cluster: nothing where its configuration is in another one. */
export function ownObjects<Leaf>(
  facts: MeshObjectFacts<Leaf> & { external: boolean },
): Record<string, MeshObject<Leaf>> {
  return facts.external ? {} : meshObjects(facts);
}
