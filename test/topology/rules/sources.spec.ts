import { topologyRules } from "../../../components/topology";
import { sourceRules } from "../../../components/topology/rules/sources";
import { type Claim, testEveryRule, testRules } from "../../support/rules";
import { good } from "./good";

const key =
  "allowed: a config key of letters, digits, dots, hyphens and underscores, such as root; fix: keep it under a key of its own with `pulumi config set --secret istio-patterns:<key> <value>` and name that key here";

const claims: Claim[] = [
  [
    "secret-key",
    "the secret itself, and the key of the description",
    (description) => {
      description.trust = { roots: { own: { secret: "-----BEGIN PRIVATE KEY-----" } } };
      description.meshes.dev.trust = { roots: { "a.b": { secret: "topology" } } };
      description.clusters.lab.existing!.kubeconfig!.secret = "topology";
    },
    `trust.roots.own.secret: got text that is no config key; ${key}`,
    `meshes.dev.trust.roots["a.b"].secret: got the key of the description; ${key}`,
    `clusters.lab.existing.kubeconfig.secret: got the key of the description; ${key}`,
  ],
  [
    "chart-location",
    "a directory that is not named",
    ({ istio }) => (istio!.charts = { source: "directory" }),
    "istio.charts.location: got nothing; allowed: path of a directory that holds one directory per chart; fix: name the directory, such as location: ./charts",
  ],
  [
    "chart-location",
    "a registry where a directory belongs",
    ({ istio }) => (istio!.charts = { source: "directory", location: "oci://mirror.example/c" }),
    'istio.charts.location: got "oci://mirror.example/c"; allowed: path of a directory that holds one directory per chart; fix: correct it, or change istio.charts.source from directory',
  ],
  [
    "chart-location",
    "a directory where a repository belongs",
    ({ istio }) => (istio!.charts = { location: "./charts" }),
    'istio.charts.location: got "./charts"; allowed: URL of a Helm repository: https://<host>/<path>; fix: correct it, or change istio.charts.source from repository',
  ],
  [
    "chart-location",
    "a repository where a registry belongs",
    ({ istio }) => (istio!.charts = { source: "oci", location: "https://mirror.example/charts" }),
    'istio.charts.location: got "https://mirror.example/charts"; allowed: an OCI registry: oci://<host>/<path>; fix: correct it, or change istio.charts.source from oci',
  ],
  [
    "chart-location",
    "nothing is said of a mirror in the right form",
    ({ istio }) => (istio!.charts = { source: "oci", location: "mirror.example:5000/charts" }),
  ],
  [
    "refresher-image",
    "an image without tag or digest",
    ({ istio }) => (istio!.refresherImage = "mirror.example:5000/aws-cli"),
    'istio.refresherImage: got "mirror.example:5000/aws-cli"; allowed: an image with a tag or a digest: <registry>/<name>:<tag>; fix: add the tag or digest: what runs beside istiod should not change by itself',
  ],
  [
    "refresher-image",
    "a forwarder without tag or digest",
    ({ istio }) => (istio!.forwarderImage = "mirror.example/socat"),
    'istio.forwarderImage: got "mirror.example/socat"; allowed: an image with a tag or a digest: <registry>/<name>:<tag>; fix: add the tag or digest: what runs beside applications should not change by itself',
  ],
  [
    "refresher-image",
    "nothing is said of an image with a digest",
    ({ istio }) => (istio!.refresherImage = `mirror.example/aws-cli@sha256:${"0".repeat(64)}`),
  ],
];

describe("rules about sources", () => {
  testRules(topologyRules, good, claims);
  testEveryRule(sourceRules, claims);
});
