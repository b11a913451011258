/** Versions, images and charts of Istio. */

/** Where the Helm charts come from. */
export const ChartSource = {
  Repository: "repository",
  Oci: "oci",
  Directory: "directory",
} as const;
export type ChartSource = (typeof ChartSource)[keyof typeof ChartSource];

/** Versions, images and charts of Istio. */
export interface IstioDescription {
  /**
   * A version of the table in this package, as a quoted string: YAML reads 1.30 as the number 1.3.
   *
   * @default the newest version of the table
   */
  version?: string;
  /**
   * Control planes beside the default one, by revision name; a mesh or a cluster picks one with `revision`. At most one minor
   * version from `version`.
   */
  revisions?: Record<string, RevisionDescription>;
  /**
   * Registry of Istio's images.
   *
   * @default the version's own (docker.io/istio)
   */
  hub?: string;
  /** Where the Helm charts come from. */
  charts?: ChartsDescription;
  /**
   * Image that holds the AWS CLI for the token refresher beside istiod, with a tag or a digest.
   *
   * @default public.ecr.aws/aws-cli/aws-cli at the version's tag
   */
  refresherImage?: string;
}

/** A control plane beside the default one. */
export interface RevisionDescription {
  /** A version of the table in this package. */
  version: string;
  /** Stable revision labels (`istio.io/rev=<tag>`) that point to this revision. */
  tags?: string[];
}

/** Where the Helm charts come from. */
export interface ChartsDescription {
  /**
   * Where charts come from.
   *
   * @default repository
   */
  source?: ChartSource;
  /**
   * Base URL of the mirror (`repository`, `oci`), or a directory that holds one directory per chart. Required for `directory`.
   *
   * @default upstream's, by version
   */
  location?: string;
}
