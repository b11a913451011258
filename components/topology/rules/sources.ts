/** Where secrets, charts and images come from. */
import { ChartSource } from "../description";
import { below, pathOf } from "../path";
import { DESCRIPTION_KEY, type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import { SECRET_FIX } from "../scan";
import { istiosOf } from "../istios";
import type { IstioSettings, Topology } from "../topology";
import { named, type Reference, trustsOf, when } from "./support";

/** Config keys that the description names. */
function secretsOf(topology: Topology): Reference[] {
  const kubeconfigs = Object.values(topology.clusters).flatMap(({ name, existing }) =>
    named(
      pathOf("clusters", name, "existing", "kubeconfig", "secret"),
      existing?.kubeconfig?.secret,
    ),
  );
  const roots = trustsOf(topology.description).flatMap(({ path, trust }) =>
    Object.entries(trust.roots ?? {}).flatMap(([root, { secret }]) =>
      named(below(path, "roots", root, "secret"), secret),
    ),
  );
  return [...roots, ...kubeconfigs];
}

const CONFIG_KEY = /^[A-Za-z0-9_.-]{1,128}$/;
const [, DESCRIPTION] = DESCRIPTION_KEY.split(":");

function checkSecretKey({ path, name }: Reference): Problem[] {
  return when(!CONFIG_KEY.test(name) || name === DESCRIPTION, {
    path,
    // What stands here may be the secret itself: it is not shown.
    got: name === DESCRIPTION ? "the key of the description" : "text that is no config key",
    allowed: "a config key of letters, digits, dots, hyphens and underscores, such as root",
    fix: SECRET_FIX,
  });
}

const LOCATIONS: Record<ChartSource, { pattern: RegExp; allowed: string }> = {
  [ChartSource.Repository]: {
    pattern: /^https?:\/\/[^/\s]+/,
    allowed: "URL of a Helm repository: https://<host>/<path>",
  },
  [ChartSource.Oci]: {
    pattern: /^(oci:\/\/)?[\w.-]+(:\d+)?(\/[\w.-]+)*\/?$/,
    allowed: "an OCI registry: oci://<host>/<path>",
  },
  [ChartSource.Directory]: {
    pattern: /^(?!\w+:\/\/)\S/,
    allowed: "path of a directory that holds one directory per chart",
  },
};

function checkCharts({ path: istio, charts }: IstioSettings): Problem[] {
  const { source, location } = charts;
  const { pattern, allowed } = LOCATIONS[source];
  const path = below(istio, "charts", "location");
  if (location !== undefined)
    return when(!pattern.test(location), {
      path,
      got: written(location),
      allowed,
      fix: `correct it, or change ${below(istio, "charts", "source")} from ${source}`,
    });
  return when(source === ChartSource.Directory, {
    path,
    got: "nothing",
    allowed,
    fix: "name the directory, such as location: ./charts",
  });
}

const PINNED = /^[^\s@]+(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/;

/** What runs beside what. */
const BESIDE = { refresherImage: "istiod", forwarderImage: "applications" } as const;

function checkImages({ path, ...istio }: IstioSettings): Problem[] {
  return (["refresherImage", "forwarderImage"] as const).flatMap((field) => {
    const image = istio[field] ?? "";
    const isPinned = PINNED.test(image) && /[:@]/.test(image.split("/").at(-1) ?? "");
    return when(istio[field] !== undefined && !isPinned, {
      path: below(path, field),
      got: written(image),
      allowed: "an image with a tag or a digest: <registry>/<name>:<tag>",
      fix: `add the tag or digest: what runs beside ${BESIDE[field]} should not change by itself`,
    });
  });
}

const severity = Severity.Problem;

export const sourceRules: Rule[] = [
  {
    id: "secret-key",
    summary: "Where the description names a secret stands the key of one.",
    why: "A secret that is written here is plain text in the stack file and in every message.",
    severity,
    check: (topology) => secretsOf(topology).flatMap(checkSecretKey),
  },
  {
    id: "chart-location",
    summary: "The location of charts is of the kind that their source needs.",
    why: "Helm tells a repository, a registry and a directory apart by form (https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/).",
    severity,
    check: (topology) => istiosOf(topology).flatMap(checkCharts),
  },
  {
    id: "refresher-image",
    summary: "Images of the refresher and of the forwarder have a tag or a digest.",
    why: "One holds istiod's AWS credentials, one sees what applications say: what runs must be what was chosen.",
    severity,
    check: (topology) => istiosOf(topology).flatMap(checkImages),
  },
];
