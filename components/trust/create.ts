import * as pulumi from "@pulumi/pulumi";
import { demandSecret } from "../options";
import type { Secrets } from "../options";
import { mapValues } from "../records";
import { logicalName } from "../topology";
import { IntermediateCa } from "./intermediateCa";
import type { RootPlan, TrustPlan } from "./facts";
import { joinPem } from "./pem";
import { RootCa } from "./rootCa";

/** What istiod signs with, as PEM: the files of the Secret `cacerts`. `IntermediateCa` satisfies it. */
export interface CaCertificate {
  certificate: pulumi.Input<string>;
  /** A secret. */
  privateKey: pulumi.Input<string>;
  chain: pulumi.Input<string>;
  root: pulumi.Input<string>;
}

/** What trust needs from outside. */
export interface TrustInputs {
  /** Provided roots, by config key. */
  secrets: Secrets;
  /** Whether Pulumi refuses to replace and delete roots that sign. */
  protect: boolean;
}

/** Bundles of accepted roots by mesh, the one that signs first, and what each control plane signs with by member key. */
export interface TrustOutputs {
  bundles: Record<string, pulumi.Output<string>>;
  certificates: Record<string, CaCertificate>;
}

/** A root that was promised but is not there must stop the program: generating one instead would be another root. */
function providedRoot({ secret }: RootPlan, secrets: Secrets): pulumi.Input<string> | undefined {
  return secret === undefined ? undefined : demandSecret(secrets, secret, "provided root");
}

/** Every root, and below the one that signs an intermediate per control plane. */
export function createTrust(
  name: string,
  plan: TrustPlan,
  { secrets, protect }: TrustInputs,
  opts: pulumi.ComponentResourceOptions,
): TrustOutputs {
  const roots = mapValues(
    plan.roots,
    (root, key) =>
      new RootCa(
        logicalName(name, "root", key),
        { commonName: root.commonName, provided: providedRoot(root, secrets) },
        { ...opts, protect: protect && root.signs },
      ),
  );
  const certificates = mapValues(plan.intermediates, (intermediate) => {
    const { certificate: rootCertificate, privateKey: rootPrivateKey } = roots[intermediate.root]!;
    const [, ...others] = plan.rootsOf[intermediate.mesh]!;
    const { commonName } = intermediate;
    const acceptedRoots = others.map((key) => roots[key]!.certificate);
    return new IntermediateCa(
      logicalName(name, intermediate.name),
      { commonName, rootCertificate, rootPrivateKey, acceptedRoots },
      opts,
    );
  });
  const bundles = mapValues(plan.rootsOf, (keys) =>
    pulumi.all(keys.map((key) => roots[key]!.certificate)).apply((all) => joinPem(...all)),
  );
  return { bundles, certificates };
}
