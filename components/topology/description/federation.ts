/** What meshes offer to each other. */

/** Services that one mesh exports to others. */
export interface FederationDescription {
  /** The exporting mesh. */
  from: string;
  /** The importing meshes. */
  to: string[];
  /** Exported services by host name. */
  services: Record<string, FederatedServiceDescription>;
}

/** One exported service. */
export interface FederatedServiceDescription {
  /** Ports by name. */
  ports: Record<string, number>;
  /** Service accounts that serve it. */
  serviceAccounts: string[];
  /** Who may call it, as `<mesh>/<namespace>`. */
  allow: string[];
}
