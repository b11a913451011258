import { gunzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import { changesBetween, isWithin } from "../base/diff";
import { NotReady } from "../base/provider";
import type {
  ChangeCall,
  CheckCall,
  Difference,
  Failure,
  Live,
  ResourceCall,
} from "../base/provider";
import { asProps, asText, equal, hasUnknown } from "../base/values";
import type { Props } from "../base/values";
import type { Client } from "./client";
import { chartArguments, chartProblem, helm, valuesOf } from "./helm";
import type { Resource } from "./provider";

const DEFAULT_TIMEOUT_S = 300;

/** Release arguments that are switches of helm under another name: of both operations, and of one. */
const SWITCHES: Readonly<Record<string, string>> = {
  atomic: "--atomic",
  dependencyUpdate: "--dependency-update",
  devel: "--devel",
  renderSubchartNotes: "--render-subchart-notes",
  verify: "--verify",
};

interface Operation {
  readonly command: "install" | "upgrade";
  readonly switches: Readonly<Record<string, string>>;
}

const INSTALL: Operation = {
  command: "install",
  switches: {
    ...SWITCHES,
    createNamespace: "--create-namespace",
    disableOpenapiValidation: "--disable-openapi-validation",
    disableWebhooks: "--no-hooks",
    replace: "--replace",
    skipCrds: "--skip-crds",
  },
};

const UPGRADE: Operation = {
  command: "upgrade",
  switches: {
    ...SWITCHES,
    cleanupOnFail: "--cleanup-on-fail",
    disableCRDHooks: "--no-hooks",
    forceUpdate: "--force",
    resetValues: "--reset-values",
    reuseValues: "--reuse-values",
  },
};

/** What helm says of a release that this operation neither made nor changed. */
const NOT_OURS = /cannot re-use a name that is still in use|has no deployed releases/;

/** The command line of `helm install` or `helm upgrade`, without values and cluster. */
function helmArguments({ command, switches }: Operation, inputs: Props, timeout: number): string[] {
  const { maxHistory, skipAwait, waitForJobs } = inputs;
  const given = Object.keys(switches).filter((key) => inputs[key]);
  const wait = skipAwait ? [] : ["--wait", ...(waitForJobs ? ["--wait-for-jobs"] : [])];
  // Helm's command line keeps ten revisions where the provider keeps all.
  const history = command === "upgrade" ? ["--history-max", String(maxHistory ?? 0)] : [];
  const seconds = timeout || Number(inputs.timeout ?? DEFAULT_TIMEOUT_S);
  return [
    ...[command, asText(inputs.name), ...chartArguments(inputs)],
    ...["--namespace", asText(inputs.namespace), "--timeout", `${seconds}s`],
    ...[...wait, ...history, ...given.map((key) => switches[key])],
  ];
}

/** `helm.sh/v3:Release` by the real helm; what is live is helm's own record. */
export class ReleaseResource implements Resource {
  constructor(
    private readonly connect: () => Client,
    private readonly namespace: string,
  ) {}

  check(call: CheckCall): { inputs: Props; failures: Failure[] } {
    const { inputs, oldInputs, name, suffix } = call;
    const filled = {
      ...inputs,
      name: inputs.name ?? oldInputs.name ?? `${name}-${suffix}`,
      namespace: inputs.namespace ?? (this.namespace || "default"),
      timeout: inputs.timeout ?? DEFAULT_TIMEOUT_S,
    };
    const missing = inputs.chart === undefined ? "Missing required property" : undefined;
    const reason = missing ?? (hasUnknown(inputs.chart) ? undefined : chartProblem(inputs));
    return { inputs: filled, failures: reason ? [{ property: "chart", reason }] : [] };
  }

  diff({ inputs, oldInputs }: ChangeCall): Difference {
    const changes = changesBetween(oldInputs, inputs);
    const identity = ["name", "namespace"];
    const replaces = Object.keys(changes).filter((at) => identity.some((by) => isWithin(at, by)));
    return { changes, replaces };
  }

  async create(call: ResourceCall): Promise<Live> {
    if (call.preview || hasUnknown(call.inputs)) return { id: "", outputs: call.inputs };
    return this.run(INSTALL, call);
  }

  async update(call: ChangeCall): Promise<Live> {
    if (call.preview || hasUnknown(call.inputs)) {
      return { id: call.id, outputs: { ...call.oldOutputs, ...call.inputs } };
    }
    return this.run(UPGRADE, call);
  }

  async read(call: ChangeCall): Promise<Live | undefined> {
    const [namespace, name] = call.id.split("/");
    const found = await this.recorded(namespace, name);
    if (!found) return undefined;
    const { values, ...record } = found;
    const given = asProps(call.oldInputs.values);
    // Only a record of other values than the program's is a change; helm stores what it was given.
    const changed = call.oldInputs.valueYamlFiles === undefined && !equal(values, given);
    const inputs = changed ? { ...call.oldInputs, values } : call.oldInputs;
    return { id: call.id, inputs, outputs: { ...call.oldOutputs, ...inputs, ...record } };
  }

  async delete(call: ChangeCall): Promise<void> {
    const [namespace, name] = call.id.split("/");
    const seconds = call.timeout || Number(call.oldInputs.timeout ?? DEFAULT_TIMEOUT_S);
    const answer = await this.helm([
      ...["uninstall", name, "--namespace", namespace],
      ...["--wait", "--timeout", `${seconds}s`, "--ignore-not-found"],
    ]);
    if (answer.code !== 0) throw new Error(`helm uninstall ${call.id}: ${answer.stderr.trim()}`);
  }

  secrets(): [] {
    return [];
  }

  private async run(operation: Operation, { inputs, timeout }: ResourceCall): Promise<Live> {
    const [namespace, name] = [asText(inputs.namespace), asText(inputs.name)];
    const id = `${namespace}/${name}`;
    const answer = await this.helm(helmArguments(operation, inputs, timeout), valuesOf(inputs));
    const record = await this.recorded(namespace, name);
    if (answer.code !== 0) throw releaseFailure(id, inputs, answer.stderr.trim(), record);
    return { id, outputs: { ...inputs, ...withoutValues(record) } };
  }

  /** Helm's record of the release: status, names of its objects and the values it was given. */
  private async recorded(namespace: string, name: string): Promise<Props | undefined> {
    const kind = { apiVersion: "v1", kind: "Secret" };
    const label = `owner=helm,name=${name}`;
    const records = (await this.connect().list(kind, namespace, label)).map(decodeRecord);
    const [latest] = records.sort((a, b) => Number(b.version) - Number(a.version));
    if (!latest) return undefined;
    const { version, appVersion, name: chart } = asProps(asProps(latest.chart).metadata);
    const { status } = asProps(latest.info);
    return {
      version,
      status: { name, namespace, chart, version, appVersion, revision: latest.version, status },
      resourceNames: resourceNames(asText(latest.manifest), namespace),
      values: asProps(latest.config),
    };
  }

  private helm(args: readonly string[], values?: readonly string[]) {
    return helm(args, { kubeconfig: this.connect().kubeconfig, values });
  }
}

/** As helm's storage driver writes it: gzip, base64, and base64 again as Secret data. */
function decodeRecord(secret: Props): Props {
  const stored = Buffer.from(asText(asProps(secret.data).release), "base64").toString("utf8");
  return asProps(JSON.parse(gunzipSync(Buffer.from(stored, "base64")).toString("utf8")));
}

/** Of a release that helm has recorded as failed the engine keeps the state, and upgrades it next. */
function releaseFailure(id: string, inputs: Props, reason: string, record?: Props): Error {
  // Refused before anything was recorded (name, template, webhook, connection): there is no release.
  if (!record || NOT_OURS.test(reason)) return new Error(reason);
  const outputs = { ...inputs, ...withoutValues(record) };
  const message = `Helm release "${id}" was created, but failed to initialize completely: ${reason}`;
  return new NotReady(message, { id, outputs, inputs });
}

function withoutValues(record: Props | undefined): Props {
  return Object.fromEntries(Object.entries(record ?? {}).filter(([key]) => key !== "values"));
}

function resourceNames(manifest: string, namespace: string): Props {
  const names: Record<string, string[]> = {};
  for (const document of parseAllDocuments(manifest)) {
    const object = asProps(document.toJS());
    if (!object.kind) continue;
    const metadata = asProps(object.metadata);
    const name = `${asText(metadata.namespace) || namespace}/${asText(metadata.name)}`;
    (names[`${asText(object.kind)}/${asText(object.apiVersion)}`] ??= []).push(name);
  }
  return names;
}
