import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { childOptions } from "../options";
import { caKey, caSubject, rootProfile } from "./certificates";
import { normalizePem, splitPem } from "./pem";

/** What a root of trust is made from. */
export interface RootCaArgs {
  /** Common name of the certificate, at most 64 characters. Not used where `provided` is given. */
  commonName: pulumi.Input<string>;
  /**
   * Your own root: PEM with its certificate and its unencrypted private key. Give it as a secret.
   *
   * Fails where there is not exactly one of each.
   *
   * @default none: a root is generated, and its key is kept in the stack's state, encrypted
   */
  provided?: pulumi.Input<string>;
}

/**
 * The root of trust of one or several meshes: it signs the intermediate of every istiod.
 *
 * A generated root lives ten years. Replacing it cuts every connection until all workloads have certificates below the
 * new one; give it `protect`.
 */
export class RootCa extends pulumi.ComponentResource {
  /** PEM of the root's certificate. */
  public readonly certificate: pulumi.Output<string>;
  /** PEM of the root's private key. A secret. */
  public readonly privateKey: pulumi.Output<string>;

  constructor(name: string, args: RootCaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:RootCa", name, {}, opts);
    const children = childOptions(this, opts);
    const root = args.provided ? readRoot(args.provided) : generateRoot(name, args, children);

    this.certificate = root.certificate;
    this.privateKey = pulumi.secret(root.privateKey);
    this.registerOutputs({ certificate: this.certificate, privateKey: this.privateKey });
  }
}

interface Root {
  certificate: pulumi.Output<string>;
  privateKey: pulumi.Output<string>;
}

function generateRoot(name: string, args: RootCaArgs, opts: pulumi.CustomResourceOptions): Root {
  const key = new tls.PrivateKey(`${name}-key`, caKey, opts);
  const certificate = new tls.SelfSignedCert(
    `${name}-certificate`,
    {
      ...rootProfile,
      privateKeyPem: key.privateKeyPem,
      subject: caSubject(args.commonName),
    },
    opts,
  );
  return {
    certificate: certificate.certPem.apply(normalizePem),
    privateKey: key.privateKeyPem.apply(normalizePem),
  };
}

/** A certificate is public: left secret, it would hide every webhook and chart value that holds it. */
function readRoot(provided: pulumi.Input<string>): Root {
  const root = pulumi.secret(provided).apply(splitPem);
  return { certificate: pulumi.unsecret(root.certificate), privateKey: root.privateKey };
}
