import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { cancelled } from "../base/cancellation";
import { asList, asProps, asText } from "../base/values";
import type { Props } from "../base/values";

export interface HelmAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface HelmFiles {
  readonly kubeconfig?: string;
  /** Values files, later ones win. */
  readonly values?: readonly string[];
}

/**
 * Runs helm with a home of its own: neither the caller's repositories nor its clusters may be seen.
 * Files hold secrets and go with the directory.
 */
export async function helm(args: readonly string[], files: HelmFiles): Promise<HelmAnswer> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "lab-helm-"));
  const write = (name: string, content: string) => {
    const file = path.join(home, name);
    fs.writeFileSync(file, content, { mode: 0o600 });
    return file;
  };
  try {
    const values = (files.values ?? []).flatMap((text, index) => [
      "--values",
      write(`values-${index}.yaml`, text),
    ]);
    const kubeconfig = write("kubeconfig", files.kubeconfig ?? "");
    return await run([...args, ...values], {
      ...process.env,
      KUBECONFIG: kubeconfig,
      HELM_CACHE_HOME: path.join(home, "cache"),
      HELM_CONFIG_HOME: path.join(home, "config"),
      HELM_DATA_HOME: path.join(home, "data"),
    });
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<HelmAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.env.LAB_HELM ?? "helm", args, { env, signal: cancelled });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString("utf8")));
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString("utf8")));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

const BASIC_AUTH = { username: "--username", password: "--password" } as const;

/** Which chart: a directory or archive, `oci://...`, or a name in a repository. */
export function chartArguments(inputs: Props): string[] {
  const { repo, ...options } = asProps(inputs.repositoryOpts);
  const chart = asText(inputs.chart);
  const remote = repo !== undefined || chart.startsWith("oci://");
  const auth = Object.entries(BASIC_AUTH).flatMap(([key, option]) =>
    options[key] === undefined ? [] : [option, asText(options[key])],
  );
  return [
    chart,
    ...(repo === undefined ? [] : ["--repo", asText(repo)]),
    ...(remote && inputs.version !== undefined ? ["--version", asText(inputs.version)] : []),
    ...auth,
  ];
}

/** Values files first, then `values`: the order of the real provider. */
export function valuesOf(inputs: Props): string[] {
  const files = asList(inputs.valueYamlFiles).map(asProps).map(assetText);
  return inputs.values === undefined ? files : [...files, JSON.stringify(inputs.values)];
}

function assetText(asset: Props): string {
  if (asset.text !== undefined) return asText(asset.text);
  if (asset.path !== undefined) return fs.readFileSync(asText(asset.path), "utf8");
  throw new Error("valueYamlFiles: only file and string assets are served");
}

/** A wrong chart directory should not wait for a cluster to be found out. */
export function chartProblem(inputs: Props): string | undefined {
  const chart = asText(inputs.chart);
  const local = asProps(inputs.repositoryOpts).repo === undefined && /^[./]/.test(chart);
  if (!local || chart.endsWith(".tgz")) return undefined;
  const file = path.join(chart, "Chart.yaml");
  return fs.existsSync(file) ? undefined : `chart not found: ${file} does not exist`;
}
