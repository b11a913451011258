/** Where root certificates come from. */

/** The root certificates of a mesh. */
export interface TrustDescription {
  /**
   * Roots by name; more than one is refused until roots can be replaced without a break.
   *
   * @default one root, called `default`, that is generated
   */
  roots?: Record<string, RootDescription>;
  /**
   * Name of the root that signs.
   *
   * @default the only one
   */
  signing?: string;
}

/** One root certificate. */
export interface RootDescription {
  /**
   * Config key of a secret that holds the root's certificate and private key as PEM.
   *
   * @default none: the root is generated
   */
  secret?: string;
}
