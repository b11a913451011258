/** Versions are supported. Only said: time passes by itself. */
import {
  endOfIstio,
  endOfKubernetes,
  holeOfIstio,
  unknownIstio,
  unknownKubernetes,
} from "../../components/versions/support";
import { UNKNOWN } from "../rule";
import type { ResourceRule } from "../rule";
import { isIstiodChart } from "./mutualTls";

type Today = () => string;

export function supportedIstio(today: Today): ResourceRule {
  return {
    name: "supported-istio",
    summary: "Istio is of a version that is patched, and without a known hole.",
    why: "https://istio.io/latest/docs/releases/supported-releases/",
    level: "advisory",
    check: ({ type, inputs }) => {
      if (!isIstiodChart(type, inputs)) return [];
      const version = inputs.version ?? inputs.values?.global?.tag;
      if (version === undefined || version === UNKNOWN) return [];
      const named = { path: "version", version: String(version) };
      const unknown = unknownIstio(named);
      return unknown.length > 0 ? unknown : [...holeOfIstio(named), ...endOfIstio(named, today())];
    },
  };
}

export function supportedKubernetes(today: Today): ResourceRule {
  return {
    name: "supported-kubernetes",
    summary: "An EKS cluster is in standard support.",
    why: "Extended support costs six times as much, and then AWS upgrades the cluster (https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html).",
    level: "advisory",
    check: ({ type, inputs: { version } }) => {
      if (type !== "aws:eks/cluster:Cluster" || version === undefined || version === UNKNOWN)
        return [];
      const named = { path: "version", version: String(version) };
      return [...unknownKubernetes(named), ...endOfKubernetes(named, today())];
    },
  };
}
