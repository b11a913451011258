/** Istio's own objects that a mesh begins with. */

/** In the root namespace and by this name it holds for the whole mesh (https://istio.io/latest/docs/reference/config/security/peer_authentication/). */
export function strictMutualTls<Leaf>(namespace: Leaf) {
  return {
    apiVersion: "security.istio.io/v1",
    kind: "PeerAuthentication",
    metadata: { name: "default", namespace },
    spec: { mtls: { mode: "STRICT" } },
  };
}

/** What a control plane puts into its own cluster: nothing where its configuration is in another one. */
export function firstPolicies<Leaf>(place: { external: boolean; namespace: Leaf }) {
  return place.external ? [] : [strictMutualTls(place.namespace)];
}

/** What the wait for istiod depends on; `Leaf` may be a Pulumi Output, which is placed and never read. */
interface IstiodWait<Leaf> {
  namespace: Leaf;
  /** Where istiod is asked whether it is ready. */
  url: Leaf;
  /** PEM of the root certificates that its own certificate must lead to. */
  rootCertificate: Leaf;
  /** Istio's proxy image. */
  image: Leaf;
  /** Seconds. */
  timeout: number;
}

const ROOT_DIRECTORY = "/etc/istiod-wait";
const ROOT_FILE = "root-cert.pem";

/**
 * A Job that ends once istiod answers as API servers ask it: by the same name, with a certificate of the mesh's root. The
 * proxy image's own waiting command does it, and Go reads the root from where SSL_CERT_FILE says
 * (https://pkg.go.dev/crypto/x509#SystemCertPool).
 */
export function istiodWait<Leaf>(wait: IstiodWait<Leaf>) {
  const { namespace, rootCertificate } = wait;
  const name = "istiod-wait";
  return {
    root: { metadata: { name, namespace }, data: { [ROOT_FILE]: rootCertificate } },
    job: {
      metadata: { name, namespace },
      spec: {
        template: {
          metadata: { labels: { app: name, "sidecar.istio.io/inject": "false" } },
          spec: {
            restartPolicy: "Never",
            automountServiceAccountToken: false,
            tolerations: [{ key: "CriticalAddonsOnly", operator: "Exists" }],
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 1337,
              runAsGroup: 1337,
              seccompProfile: { type: "RuntimeDefault" },
            },
            containers: [waitContainer(wait)],
            volumes: [{ name: "root", configMap: { name } }],
          },
        },
      },
    },
  };
}

function waitContainer<Leaf>({ image, url, timeout }: IstiodWait<Leaf>) {
  return {
    name: "wait",
    image,
    command: ["/usr/local/bin/pilot-agent", "wait"],
    args: [
      ...["--url", url],
      ...["--timeoutSeconds", `${timeout}`],
      ...["--requestTimeoutMillis", "5000", "--periodMillis", "2000"],
    ],
    env: [{ name: "SSL_CERT_FILE", value: `${ROOT_DIRECTORY}/${ROOT_FILE}` }],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
    volumeMounts: [{ name: "root", mountPath: ROOT_DIRECTORY, readOnly: true }],
  };
}
