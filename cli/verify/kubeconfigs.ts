/** Where kubeconfigs come from: files, as kubectl reads them, or the outputs of a stack. */
import type { KubeConfig } from "@kubernetes/client-node";
import type { Planned } from "../../components/mesh";
import { eksNameOf } from "../../components/topology";
import { mapValues } from "../../components/records";
import { outputOf } from "../output";
import { refuseArgument } from "../problems";
import { contextsOf } from "./contexts";
import type { Contexts } from "./contexts";

export interface KubeconfigOptions {
  /** File, or several as in KUBECONFIG; absent: what kubectl takes. */
  kubeconfig?: string;
  /** Stack whose output `kubeconfigs` is asked for where no file is named. */
  stack?: string;
  /** Contexts that are named by hand, by cluster. */
  contexts: Contexts;
}

/** A kubeconfig for each cluster that one leads to, by name. */
export async function loadKubeconfigs(
  planned: Planned,
  options: KubeconfigOptions,
): Promise<Record<string, KubeConfig>> {
  const kube = await import("@kubernetes/client-node");
  if (options.stack !== undefined && options.kubeconfig === undefined) {
    const texts = await kubeconfigsOf(options.stack);
    return mapValues(texts, (text) =>
      leading(
        "--stack",
        readConfig(kube, (config) => config.loadFromString(text)),
      ),
    );
  }
  const { topology } = planned;
  const whole = readConfig(kube, (config) => loadFiles(config, options.kubeconfig));
  const known = whole.getContexts().map(({ name }) => name);
  const eksNames = mapValues(topology.clusters, (cluster) => eksNameOf(topology.name, cluster));
  const contexts = contextsOf(topology, eksNames, known, options.contexts);
  return mapValues(contexts, (context) => {
    const config = readConfig(kube, (one) => loadFiles(one, options.kubeconfig));
    config.setCurrentContext(context);
    return leading(`context ${context}`, config);
  });
}

function leading(path: string, config: KubeConfig): KubeConfig {
  if (config.getCurrentCluster()) return config;
  return refuse(path, "no server", "name a context with a cluster");
}

function loadFiles(config: KubeConfig, file?: string): void {
  if (file === undefined) config.loadFromDefault();
  else config.loadFromFile(file);
}

function readConfig(
  kube: { KubeConfig: new () => KubeConfig },
  load: (config: KubeConfig) => void,
): KubeConfig {
  const config = new kube.KubeConfig();
  try {
    load(config);
  } catch (error) {
    refuse("--kubeconfig", (error as Error).message.split("\n")[0]!, "name one that kubectl reads");
  }
  return config;
}

/** What `pulumi` says of the stack, run where the stack's project is. */
export function kubeconfigsOf(stack: string): Promise<Record<string, string>> {
  const words = ["stack", "output", "kubeconfigs", "--json", "--show-secrets", "--stack", stack];
  return outputOf("pulumi", words, JSON.parse as (text: string) => Record<string, string>, (got) =>
    refuse(
      `--stack ${stack}`,
      got,
      "install the Pulumi CLI, and run it in the stack's project, signed in to its backend",
    ),
  );
}

function refuse(path: string, got: string, fix: string): never {
  refuseArgument({ path, got, allowed: "kubeconfigs of the clusters", fix });
}
