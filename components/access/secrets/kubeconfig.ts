/** The kubeconfigs by which an istiod reads other clusters. */
import { TOKEN_DIRECTORY } from "../names";

/** What istiod must know of one watched cluster. */
export interface WatchedCluster {
  /** Istio's cluster id. */
  cluster: string;
  /** API server URL. */
  endpoint: string;
  /** API server's CA bundle, base64. */
  certificateAuthority: string;
  /** Bearer token that never expires; absent where the refresher keeps one in a file. */
  token?: string;
}

/**
 * With a token file there is a placeholder token too. Without it client-go reads the file at once, istiod logs that it
 * is missing and never tries that cluster again; with it the file wins as soon as it can be read
 * (client-go, tools/clientcmd/client_config.go; istio, pkg/kube/multicluster/secretcontroller.go).
 */
const PLACEHOLDER = "token-file-not-read-yet";

/** A kubeconfig as JSON, which is YAML. Its bytes change only where its content does: istiod reconnects on any change. */
export function remoteKubeconfig(remote: WatchedCluster): string {
  const { cluster: name, endpoint, certificateAuthority, token } = remote;
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: { server: endpoint, "certificate-authority-data": certificateAuthority },
      },
    ],
    users: [
      {
        name,
        user: token !== undefined ? { token } : { token: PLACEHOLDER, tokenFile: tokenFile(name) },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

/** A kubeconfig as the data of a Secret has it. */
export function encodedKubeconfig(remote: WatchedCluster): string {
  return Buffer.from(remoteKubeconfig(remote), "utf8").toString("base64");
}

/** File that holds the current token for a watched cluster. */
export function tokenFile(cluster: string): string {
  return `${TOKEN_DIRECTORY}/${cluster}`;
}
