import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { childOptions } from "../options";
import { caKey, caSubject, intermediateProfile } from "./certificates";
import { joinPem, normalizePem } from "./pem";

/** What an intermediate is made from. */
export interface IntermediateCaArgs {
  /** Common name of the certificate, at most 64 characters, different for each intermediate of a root. */
  commonName: pulumi.Input<string>;
  /** PEM of the root's certificate. */
  rootCertificate: pulumi.Input<string>;
  /** PEM of the root's private key. Give it as a secret. */
  rootPrivateKey: pulumi.Input<string>;
  /**
   * PEM of further roots that the mesh accepts, while one takes another's place: the same for all of its istiods.
   *
   * @default none
   */
  acceptedRoots?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * The certificate authority of one istiod: it signs the workloads of its cluster, and no further authority.
 *
 * It lives two years, is renewed by any `up` in its last half year, and istiod takes the new one without a restart.
 * Its outputs are the files of the Secret `cacerts`.
 */
export class IntermediateCa extends pulumi.ComponentResource {
  /** PEM of the intermediate: `ca-cert.pem`. */
  public readonly certificate: pulumi.Output<string>;
  /** PEM of its private key: `ca-key.pem`. A secret. */
  public readonly privateKey: pulumi.Output<string>;
  /** PEM of the intermediate, then the root: `cert-chain.pem`. */
  public readonly chain: pulumi.Output<string>;
  /** PEM of the roots that the mesh accepts, that of this intermediate first: `root-cert.pem`. */
  public readonly root: pulumi.Output<string>;

  constructor(name: string, args: IntermediateCaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:IntermediateCa", name, {}, opts);
    const children = childOptions(this, opts);
    const key = new tls.PrivateKey(`${name}-key`, caKey, children);
    const request = createRequest(name, args, key, children);
    const signed = signRequest(name, args, request, children);

    this.certificate = signed.certPem.apply(normalizePem);
    this.privateKey = pulumi.secret(key.privateKeyPem.apply(normalizePem));
    const { rootCertificate, acceptedRoots = [] } = args;
    this.root = pulumi
      .all([rootCertificate, acceptedRoots])
      .apply(([own, others]) => joinPem(own, ...others));
    this.chain = pulumi
      .all([this.certificate, rootCertificate])
      .apply(([certificate, root]) => joinPem(certificate, root));
    this.registerOutputs({
      certificate: this.certificate,
      privateKey: this.privateKey,
      chain: this.chain,
      root: this.root,
    });
  }
}

function createRequest(
  name: string,
  args: IntermediateCaArgs,
  key: tls.PrivateKey,
  opts: pulumi.CustomResourceOptions,
): tls.CertRequest {
  return new tls.CertRequest(
    `${name}-request`,
    { privateKeyPem: key.privateKeyPem, subject: caSubject(args.commonName) },
    opts,
  );
}

function signRequest(
  name: string,
  args: IntermediateCaArgs,
  request: tls.CertRequest,
  opts: pulumi.CustomResourceOptions,
): tls.LocallySignedCert {
  return new tls.LocallySignedCert(
    `${name}-certificate`,
    {
      ...intermediateProfile,
      certRequestPem: request.certRequestPem,
      caCertPem: args.rootCertificate,
      caPrivateKeyPem: args.rootPrivateKey,
    },
    opts,
  );
}
