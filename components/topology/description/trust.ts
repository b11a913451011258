/** Where root certificates come from. */

/** The root certificates of a mesh: what is listed is accepted, and one of them signs. */
export interface TrustDescription {
  /**
   * Roots by name. One alone, but while another takes its place: then both are listed, so that certificates below either are
   * accepted, and `signing` goes from the one to the other. `docs/roots.md` has the steps, and what to wait for between them.
   * A name stays with its certificate: a root with another certificate is another root, with a name of its own.
   *
   * @default one root, called `default`, that is generated
   */
  roots?: Record<string, RootDescription>;
  /**
   * Name of the root that signs: every istiod has an intermediate below it. Required with several roots.
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
