import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../options";
import { istiodName } from "../topology";
import { normalizePem } from "../trust/pem";
import { istiodWait, strictMutualTls } from "./meshObjects";
import { timeouts } from "./timeouts";
import { imagesOf } from "./versions";

/** What the first configuration of a mesh with an external istiod is made from. */
export interface MeshConfigurationArgs {
  /** Namespace of the relays, the mesh's root namespace. */
  namespace: pulumi.Input<string>;
  /** PEM of the mesh's root certificates. */
  rootCertificate: pulumi.Input<string>;
  /** Version of the default istiod. */
  version: string;
  /**
   * Registry of Istio's images.
   *
   * @default the version's own (docker.io/istio)
   */
  hub?: pulumi.Input<string>;
}

/**
 * The first configuration of a mesh whose istiod is external, in the cluster that it reads it from: strict mutual TLS.
 *
 * What is written there is validated by the istiod behind the relay, and refused while none answers. So it first waits for
 * the whole way: the relay (`IstioRemote`), the load balancer with its targets (`TargetBinding`) and istiod. Depend on it
 * with whatever else you configure there.
 */
export class MeshConfiguration extends pulumi.ComponentResource {
  constructor(name: string, args: MeshConfigurationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:MeshConfiguration", name, {}, opts);
    const { namespace } = args;
    const answers = waitForIstiod(`${name}-istiod-wait`, args, childOptions(this, opts));
    new k8s.apiextensions.CustomResource(
      `${name}-peer-authentication`,
      strictMutualTls(namespace),
      pulumi.mergeOptions(childOptions(this, opts), { dependsOn: [answers] }),
    );
    this.registerOutputs({});
  }
}

function waitForIstiod(
  name: string,
  { namespace, rootCertificate, version, hub: own }: MeshConfigurationArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.batch.v1.Job {
  const { hub, tag } = imagesOf(version, own);
  const { root, job } = istiodWait<pulumi.Input<string>>({
    namespace,
    url: pulumi.interpolate`https://${istiodName("")}.${namespace}.svc/ready`,
    rootCertificate: pulumi.output(rootCertificate).apply(normalizePem),
    image: pulumi.interpolate`${hub}/proxyv2:${tag}`,
    timeout: timeouts.istiodAnswers,
  });
  const config = new k8s.core.v1.ConfigMap(name, root, opts);
  return new k8s.batch.v1.Job(
    name,
    job,
    pulumi.mergeOptions(opts, {
      dependsOn: [config],
      // Its name is fixed, and what it runs cannot be changed.
      deleteBeforeReplace: true,
      customTimeouts: { create: `${timeouts.istiodAnswers + 60}s` },
    }),
  );
}
