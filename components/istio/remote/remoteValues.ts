/** Values of the charts in a cluster without an istiod of its own. */
import type { ChartValues } from "../../topology";
import { noDefaultRevision } from "../revisions/values";
import { istiodExtras } from "../members";
import { composeValues } from "../values";
import type { Fragment, HelmValues } from "../values";

/** What the charts' values depend on, with opaque leaves: placed, never read. */
export interface RemoteFacts {
  /** Istio's cluster id. */
  cluster: string;
  network?: string;
  namespace: unknown;
  /** Root certificates as base64 of the exact bytes of `root-cert.pem`. */
  caBundle: unknown;
  holdsConfiguration: boolean;
  /** Its istiods have revisions: what validates for no revision is then a tag's. */
  hasRevisions: boolean;
  /** The user's own: those that shape what a remote has (webhooks, readers) apply, the rest finds nothing to shape. */
  values?: ChartValues;
}

/** One revision of the control plane that serves a cluster from elsewhere. */
export interface RemoteRevision {
  /**
   * Name of the revision.
   *
   * @default the only one, which has none
   */
  revision?: string;
  /** Istio version. */
  version: string;
  /**
   * Extra values of chart `istiod` for this revision, over those of the remote.
   *
   * @default none
   */
  values?: Record<string, any>;
}

type RevisionFacts = RemoteFacts & Omit<RemoteRevision, "values">;

/** Values of chart `base`. */
export function remoteBaseValues(facts: RemoteFacts): HelmValues {
  return composeValues([...everyChart, ...base], facts, facts.values?.base);
}

/** Values of chart `istiod`, which makes no istiod here but the webhooks of one of its revisions. */
export function remoteIstiodValues(facts: RemoteFacts, revision: RemoteRevision): HelmValues {
  const { values, ...own } = revision;
  return composeValues<RevisionFacts>(
    [...everyChart, ...webhooks],
    { ...facts, ...own },
    istiodExtras(facts.values, values),
  );
}

/** By this path istiod knows what identity and network to give a pod of a cluster that it serves from elsewhere. */
export function injectionPath(cluster: string, network?: string): string {
  return `/inject/cluster/${cluster}${network === undefined ? "" : `/net/${network}`}`;
}

const holdsConfiguration = (facts: RemoteFacts) => facts.holdsConfiguration;

const everyChart: Fragment<RemoteFacts>[] = [
  {
    why: "Leaves out istiod and its configuration (https://istio.io/latest/docs/setup/install/multicluster/primary-remote/).",
    values: () => ({ profile: "remote" }),
  },
  {
    why: "Webhooks and rights name the Service of this namespace, which is not istio-system where istiod is external.",
    values: ({ namespace }) => ({ global: { istioNamespace: namespace } }),
  },
  {
    why: "As where istiod runs: what is configured here is validated from the first second, and closed while nothing answers.",
    when: holdsConfiguration,
    values: ({ caBundle }) => ({ base: { validationCABundle: caBundle } }),
  },
];

const base: Fragment<RemoteFacts>[] = [
  {
    why:
      "No istiod reads configuration here, so none validates it either. The webhook of the default revision would be open " +
      "on install and, with nobody to patch it, closed on the first upgrade (chart base, " +
      "templates/defaultrevision-validatingwebhookconfiguration.yaml).",
    when: (facts) => !holdsConfiguration(facts),
    values: () => ({ defaultRevision: "" }),
  },
  noDefaultRevision,
];

const webhooks: Fragment<RevisionFacts>[] = [
  {
    why:
      "istiod serves several clusters: by the path it knows what identity and network to give a pod " +
      "(https://istio.io/latest/docs/setup/install/multicluster/primary-remote/).",
    values: ({ cluster, network }) => ({
      istiodRemote: { injectionPath: injectionPath(cluster, network) },
    }),
  },
  {
    why: "The bundle is the root that signs istiod's own certificate; no istiod needs to patch it.",
    values: ({ caBundle }) => ({ istiodRemote: { injectionCABundle: caBundle } }),
  },
  {
    why: "The webhook of each revision asks the Service of that revision (https://istio.io/latest/docs/setup/upgrade/canary/).",
    when: ({ revision }) => revision !== undefined,
    values: ({ revision }) => ({ revision }),
  },
  {
    why:
      "The external istiod acts here by the rights that the chart has for an istiod, and validates what is configured here " +
      "(https://istio.io/latest/docs/setup/install/external-controlplane/).",
    when: holdsConfiguration,
    values: () => ({ global: { configCluster: true } }),
  },
];
