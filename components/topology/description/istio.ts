/** Versions, images and charts of Istio. */

/** Where the Helm charts come from. */
export const ChartSource = {
  Repository: "repository",
  Oci: "oci",
  Directory: "directory",
} as const;
export type ChartSource = (typeof ChartSource)[keyof typeof ChartSource];

/** Versions, images and charts of Istio. Either `version` or `revisions` is required: no new version of this package moves what runs. */
export interface IstioDescription {
  /**
   * Version of one istiod that is upgraded in place, as a quoted string: YAML reads 1.30 as the number 1.3. A version of the table in
   * this package, or a newer patch of a minor version there, with a warning.
   *
   * @default none: there are `revisions`
   */
  version?: string;
  /**
   * Control planes side by side, by revision name, for upgrades by canary: each runs wherever the istiods of a mesh run, at most one
   * minor version from the others. With several, each mesh says which one its gateways and node agents have (`revision`).
   *
   * A stack that starts with `version` and moves to `revisions` replaces its istiod under running pods: start with one revision
   * where there will be canaries.
   *
   * @default none: there is `version`
   */
  revisions?: Record<string, RevisionDescription>;
  /**
   * Stable labels (`istio.io/rev=<tag>`), and the revision that each points to. Tag `default` is for what has no label of a revision:
   * namespaces with `istio-injection=enabled`, and gateways. Only with `revisions`.
   *
   * @default none
   */
  tags?: Record<string, string>;
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
  /**
   * Image that holds socat 1.8 or newer and a shell, for `forward` of ECS services, with a tag or a digest.
   *
   * @default docker.io/alpine/socat at a tag
   */
  forwarderImage?: string;
}

/** One of the control planes side by side. */
export interface RevisionDescription {
  /** Its version, as `istio.version`. */
  version: string;
  /** Extra values of chart `istiod` for this revision, over those of the mesh; keys that the plan owns are refused by name. */
  values?: Record<string, any>;
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
