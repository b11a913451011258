import * as pulumi from "@pulumi/pulumi";
import { formatProblems, secretKeysOf, written } from "../topology";
import type { Problem, Topology } from "../topology";
import { checkTopology } from "./check";
import type { Checked } from "./check";
import { MeshTopology } from "./meshTopology";
import { findPeers } from "./peers";
import { configuredRegion, configuredTags } from "./providers";

/** Config key, under the project's namespace, that holds the description. */
const KEY = "topology";

/**
 * The program: reads the stack's config, refuses a wrong description with every problem at once and no stack trace,
 * and builds the rest.
 *
 * @param checked what the config's description was found to be, where somebody has looked already
 */
export async function program(
  config: pulumi.Config,
  checked?: Checked,
): Promise<Record<string, pulumi.Output<unknown>>> {
  const { planned, problems, isPartial, warnings } = checked ?? (await checkConfig(config));
  if (!planned) throw new pulumi.RunError(formatProblems(problems, isPartial));
  for (const warning of warnings) void pulumi.log.warn(`${warning.path}: ${warning.fix}`);

  const { topology } = planned;
  const mesh = new MeshTopology(
    topology.name,
    { topology: topology.description, secrets: readSecrets(config, topology) },
    { planned },
  );
  return {
    kubeconfigs: mesh.kubeconfigs,
    vpcs: mesh.vpcs,
    clusters: mesh.clusters,
    gatewayAddresses: mesh.gatewayAddresses,
    securityGroups: mesh.securityGroups,
    rootCertificates: mesh.rootCertificates,
    trustDomains: mesh.trustDomains,
    federation: mesh.federation,
  };
}

async function checkConfig(config: pulumi.Config): Promise<Checked> {
  const description = readDescription(config);
  const settings = { region: configuredRegion(), stackTags: configuredTags() };
  const read = await findPeers(description);
  return checkTopology(description, { name: pulumi.getStack(), ...read, ...settings });
}

function readDescription(config: pulumi.Config) {
  const key = `${config.name}:${KEY}`;
  refuse(secretKeys().includes(key), {
    path: key,
    got: "a secret",
    allowed: "a plain value: the description names config keys of secrets and holds none",
    fix: `move the secret to a key of its own with \`pulumi config set --secret istio-patterns:<key>\` and name that key in the description`,
  });
  const text = config.get(KEY);
  refuse(text === undefined, {
    path: key,
    got: written(text),
    allowed: "a description of networks, clusters and meshes",
    fix: "start from a file in stacks/: `pulumi up --config-file stacks/01-single-cluster.yaml`",
  });
  try {
    return JSON.parse(text!);
  } catch {
    return text;
  }
}

/** The engine decrypts nested secrets before the program sees them, and lists only the outer key. */
function secretKeys(): string[] {
  return JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]");
}

function refuse(condition: boolean, problem: Problem): void {
  if (condition) throw new pulumi.RunError(formatProblems([problem]));
}

/** Values of every config key that the description names. */
function readSecrets(config: pulumi.Config, topology: Topology) {
  const keys = new Set(Object.values(secretKeysOf(topology)).flat());
  return Object.fromEntries([...keys].map((key) => [key, config.requireSecret(key)]));
}
