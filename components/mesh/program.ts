import * as pulumi from "@pulumi/pulumi";
import { formatProblems, written } from "../topology";
import type { Problem, StackOutputArgs, Topology } from "../topology";
import { checkTopology } from "./check";
import { MeshTopology } from "./meshTopology";

/** Config key, under the project's namespace, that holds the description. */
const KEY = "topology";

/**
 * The program: reads the stack's config, refuses a wrong description with every problem at once and no stack trace,
 * and builds the rest.
 */
export function program(config: pulumi.Config): Record<string, pulumi.Output<unknown>> {
  const description = readDescription(config);
  const region = new pulumi.Config("aws").get("region");
  const { topology, problems, warnings } = checkTopology(description, {
    stack: pulumi.getStack(),
    region,
  });
  if (!topology || problems.length > 0) throw new pulumi.RunError(formatProblems(problems));
  for (const warning of warnings) void pulumi.log.warn(`${warning.path}: ${warning.fix}`);

  const mesh = new MeshTopology(topology.name, {
    topology: description,
    region,
    secrets: readSecrets(config, topology),
    kubeconfigs: readKubeconfigs(config, topology),
  });
  return {
    kubeconfigs: mesh.kubeconfigs,
    gatewayAddresses: mesh.gatewayAddresses,
    rootCertificates: mesh.rootCertificates,
    trustDomains: mesh.trustDomains,
  };
}

function readDescription(config: pulumi.Config) {
  const key = `${config.name}:${KEY}`;
  refuse(secretKeys().includes(key), {
    path: key,
    got: "a secret",
    allowed: "a plain value: the description names config keys of secrets and holds none",
    fix: `move the secret to a key of its own with \`pulumi config set --secret <key>\` and name that key in the description`,
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

function readSecrets(config: pulumi.Config, topology: Topology) {
  const trusts = [topology.trust, ...Object.values(topology.meshes).map((mesh) => mesh.trust)];
  const keys = new Set(trusts.flatMap((trust) => trust?.secret ?? []));
  return Object.fromEntries([...keys].map((key) => [key, config.requireSecret(key)]));
}

function readKubeconfigs(config: pulumi.Config, topology: Topology) {
  const stacks = new Map<string, pulumi.StackReference>();
  // One reference per stack: the engine refuses to read a stack twice (pulumi/pulumi#7018).
  const outputOf = ({ stack, name }: StackOutputArgs) => {
    const reference = stacks.get(stack) ?? new pulumi.StackReference(stack);
    stacks.set(stack, reference);
    return reference.requireOutput(name);
  };
  const brought = Object.values(topology.clusters).filter((cluster) => cluster.existing);
  return Object.fromEntries(
    brought.map(({ name, existing }) => {
      const { secret, output } = existing!.kubeconfig;
      return [name, secret ? config.requireSecret(secret) : outputOf(output!)];
    }),
  );
}
