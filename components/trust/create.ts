import type * as pulumi from "@pulumi/pulumi";
import { demandSecret } from "../options";
import type { Secrets } from "../options";
import { mapValues } from "../records";
import { logicalName } from "../topology";
import { IntermediateCa } from "./intermediateCa";
import type { RootPlan, TrustPlan } from "./facts";
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
  /** Whether Pulumi refuses to delete generated roots. */
  protect: boolean;
}

/** Roots by root key, and what each control plane signs with by member key. */
export interface TrustOutputs {
  roots: Record<string, pulumi.Output<string>>;
  certificates: Record<string, CaCertificate>;
}

/** A root that was promised but is not there must stop the program: generating one instead would be another root. */
function providedRoot({ secret }: RootPlan, secrets: Secrets): pulumi.Input<string> | undefined {
  return secret === undefined ? undefined : demandSecret(secrets, secret, "provided root");
}

/** Every root, and below it one intermediate per control plane. */
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
        { ...opts, protect },
      ),
  );
  const certificates = mapValues(plan.intermediates, ({ root, commonName }, key) => {
    const { certificate: rootCertificate, privateKey: rootPrivateKey } = roots[root]!;
    return new IntermediateCa(
      logicalName(name, key, "ca"),
      { commonName, rootCertificate, rootPrivateKey },
      opts,
    );
  });
  return { roots: mapValues(roots, ({ certificate }) => certificate), certificates };
}
