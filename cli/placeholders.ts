/** What stands offline in place of secrets and of other stacks' outputs. */
import { DESCRIPTION_KEY, secretKeysOf } from "../components/topology";
import type { Topology } from "../components/topology";
import { SECRET } from "../engine";
import type { WarningReport } from "./report/report";
import type { StackFile } from "./stackFile";

const PROJECT = DESCRIPTION_KEY.split(":")[0];

/** Has the form of a root, since the program takes it apart; it is one for nobody. */
const PEM = ["CERTIFICATE", "PRIVATE KEY"]
  .map((label) => `-----BEGIN ${label}-----\nb2ZmbGluZQ==\n-----END ${label}-----\n`)
  .join("");

export interface Placeholders {
  config: Record<string, string>;
  secretKeys: string[];
  /** Outputs of other stacks, by stack and name. */
  stackOutputs: Record<string, Record<string, string>>;
  /** Secrets that the description names and the file does not hold. */
  missing: WarningReport[];
}

/** The stack's config with a placeholder for each secret that the description names. */
export function placeholders(file: StackFile, topology: Topology): Placeholders {
  const named = namedSecrets(topology);
  const keys = named.map(({ key }) => key);
  return {
    config: {
      ...file.config,
      ...Object.fromEntries(named.map(({ key, placeholder }) => [key, placeholder])),
    },
    secretKeys: [...new Set([...file.secretKeys, ...keys])],
    stackOutputs: otherStacks(topology),
    missing: named
      .filter(({ key }) => !file.secretKeys.includes(key))
      .map(({ key }) => ({
        rule: "secret-missing",
        path: key,
        got: "nothing, planned with a placeholder",
        allowed: "a secret, since the description names it",
        fix: `\`pulumi config set --secret ${key}\``,
      })),
  };
}

function namedSecrets(topology: Topology) {
  const { roots, kubeconfigs } = secretKeysOf(topology);
  return [
    ...roots.map((key) => ({ key: `${PROJECT}:${key}`, placeholder: PEM })),
    ...kubeconfigs.map((key) => ({ key: `${PROJECT}:${key}`, placeholder: SECRET })),
  ];
}

function otherStacks({ clusters }: Topology): Placeholders["stackOutputs"] {
  const outputs: Placeholders["stackOutputs"] = {};
  for (const { existing } of Object.values(clusters)) {
    const from = existing?.kubeconfig?.output;
    if (from) outputs[from.stack] = { ...outputs[from.stack], [from.name]: SECRET };
  }
  return outputs;
}
