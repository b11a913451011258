import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { childOptions } from "../options";
import { caKey, caSubject, rootProfile } from "./certificates";
import { endingSoon, endOf } from "./ending";
import { fingerprint, normalizePem, splitPem } from "./pem";

/** What a root of trust is made from. */
export interface RootCaArgs {
  /** Common name of the certificate, at most 64 characters. Not used where `provided` is given. */
  commonName: pulumi.Input<string>;
  /**
   * Your own root: PEM with its certificate and its unencrypted private key. Give it as a secret.
   *
   * Fails where there is not exactly one of each. With `protect` the engine refuses to take another certificate under the same
   * name: that would be another root, which istiods that run do not take in its place.
   *
   * @default none: a root is generated, and its key is kept in the stack's state, encrypted
   */
  provided?: pulumi.Input<string>;
}

/**
 * The root of trust of one or several meshes: it signs the intermediate of every istiod.
 *
 * A generated root lives ten years; either kind is warned of in the last half year. A root with another certificate is another
 * `RootCa`: replacing one at once cuts every connection until all workloads have certificates below the new one. Give the one that
 * signs `protect`.
 */
export class RootCa extends pulumi.ComponentResource {
  /** PEM of the root's certificate. */
  public readonly certificate: pulumi.Output<string>;
  /** PEM of the root's private key. A secret. */
  public readonly privateKey: pulumi.Output<string>;

  constructor(name: string, args: RootCaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:RootCa", name, {}, opts);
    const children = childOptions(this, opts);
    const root = args.provided
      ? readRoot(name, args.provided, children)
      : generateRoot(name, args, children);
    warnOfEnd(this, root.end);

    this.certificate = root.certificate;
    this.privateKey = pulumi.secret(root.privateKey);
    this.registerOutputs({ certificate: this.certificate, privateKey: this.privateKey });
  }
}

interface Root {
  certificate: pulumi.Output<string>;
  privateKey: pulumi.Output<string>;
  end: pulumi.Output<string | undefined>;
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
    end: certificate.validityEndTime,
  };
}

/**
 * A certificate is public: left secret, it would hide every webhook and chart value that holds it.
 *
 * Nothing is made of a root that is there already, so that the engine would not see another one in its place. What pins it is a
 * request that nobody signs: every field of one is final (terraform-provider-tls, internal/provider/resource_cert_request.go).
 */
function readRoot(
  name: string,
  provided: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): Root {
  const root = pulumi.secret(provided).apply(splitPem);
  const certificate = pulumi.unsecret(root.certificate);
  new tls.CertRequest(
    `${name}-pin`,
    { privateKeyPem: root.privateKey, subject: caSubject(certificate.apply(fingerprint)) },
    opts,
  );
  return { certificate, privateKey: root.privateKey, end: certificate.apply(endOf) };
}

function warnOfEnd(root: RootCa, end: Root["end"]): void {
  end.apply((known) => {
    const warning = endingSoon(known, Date.now());
    if (warning !== undefined) void pulumi.log.warn(warning, root);
  });
}
