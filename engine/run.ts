/**
 * The in-process engine: runs a program as `pulumi preview` would and returns what the engine would have seen.
 *
 * It wraps the SDK's own mock monitor, which drops resource options and accepts what the engine refuses; here the
 * whole request is recorded, and duplicate URNs and objects are refused.
 */
import * as pulumi from "@pulumi/pulumi";
import { Graph } from "./graph";
import type { Call, Values } from "./graph";
import { callResults, computedOutputs, mockId, secretly } from "./mockOutputs";
import type { MockResource } from "./mockOutputs";
import { providerUrn, Recorder } from "./recorder";
import type { Monitor, Provider } from "./recorder";

export interface RunOptions {
  /** @default dev */
  stack?: string;
  /** @default istio-patterns */
  project?: string;
  /** Values by full key, such as `aws:region`; objects as JSON. */
  config?: Record<string, string>;
  /** Keys of `config` that the engine would have decrypted. */
  secretKeys?: string[];
  /** Outputs of other stacks, by full stack name: what a StackReference reads. */
  stackOutputs?: Record<string, Record<string, unknown>>;
  /**
   * Whether errors carry stack traces. The SDK takes one for every promise, which is half the time of a run.
   *
   * @default true
   */
  traces?: boolean;
  /** Leaves out what only a deployment knows: the program runs as in `pulumi preview` of a new stack. */
  unknownOutputs?: boolean;
}

/** Runs never overlap: the SDK's monitor and config are process-wide. */
let lastRun: Promise<unknown> = Promise.resolve();

/** Runs a program's body and returns its graph; what the program throws comes out as it is. */
export function mockRun(body: () => unknown, options: RunOptions = {}): Promise<Graph> {
  const run = lastRun.then(() => runOnce(body, options));
  lastRun = run.catch(() => undefined);
  return run;
}

async function runOnce(body: () => unknown, options: RunOptions): Promise<Graph> {
  const recorder = new Recorder();
  const calls: Call[] = [];
  const surroundings = interceptProcess(options);
  try {
    await install(recorder, calls, options);
    await pulumi.runtime.runInPulumiStack(async () => body());
    await pulumi.runtime.disconnect();
  } catch (error) {
    surroundings.failures.unshift(error);
  } finally {
    // What a program throws rejects the stack's own promises too, a moment later: not in the next run, and not unseen.
    await new Promise(setImmediate);
    pulumi.runtime.setAllConfig({}, []);
    surroundings.restore();
  }
  const failure = recorder.refusals[0] ?? surroundings.failures[0];
  if (failure) throw failure;
  return new Graph(recorder.registrations, calls, surroundings.messages);
}

async function install(recorder: Recorder, calls: Call[], options: RunOptions): Promise<void> {
  const { stack = "dev", project = "istio-patterns", config = {}, unknownOutputs } = options;
  const region = config["aws:region"] ?? "eu-west-1";
  const call = ({ token, inputs, provider }: pulumi.runtime.MockCallArgs) => {
    const answer = callResults[token as keyof typeof callResults];
    const providerRegion = recorder.regionOf(provider && providerUrn(provider));
    const result = answer ? answer(inputs, inputs.region ?? providerRegion ?? region) : {};
    calls.push({ token, inputs, result });
    return result;
  };
  const newResource = () => {
    throw new Error("the recorder answers for resources");
  };
  const mocks = { newResource, call };
  await pulumi.runtime.setMocks(mocks, project, stack, unknownOutputs, "organization");
  pulumi.runtime.setAllConfig(config, options.secretKeys);
  recorder.attach(
    pulumi.runtime.getMonitor() as unknown as Monitor,
    providerOf(recorder, region, options),
  );
}

/** Answers as the resources' providers would. */
function providerOf(recorder: Recorder, defaultRegion: string, options: RunOptions): Provider {
  return (registration, wire) => {
    const { type, custom, remote, provider, providers, inputs } = registration;
    if (type === STACK_REFERENCE) return otherStack(inputs.name, options.stackOutputs);
    const echoed = remote ? {} : wire;
    if (options.unknownOutputs || !(custom || remote)) return { id: undefined, state: echoed };
    const region = inputs.region ?? recorder.regionOf(provider ?? providers.aws) ?? defaultRegion;
    const resource: MockResource = { ...registration, region };
    const outputs: Values = computedOutputs[type as keyof typeof computedOutputs]?.(resource) ?? {};
    const state: Values = { ...outputs, ...definedOnly(echoed) };
    for (const key of registration.additionalSecretOutputs) {
      if (key in outputs) state[key] = secretly(outputs[key]);
    }
    const id = registration.importId || mockId(resource);
    registration.computed = { id, ...outputs };
    return { id, state };
  };
}

const STACK_REFERENCE = "pulumi:pulumi:StackReference";

/** Another stack's outputs, all of them secret; its state is read in a preview too. */
function otherStack(name: string, stackOutputs: RunOptions["stackOutputs"] = {}) {
  const outputs = stackOutputs[name] ?? {};
  return {
    id: name,
    state: { name, outputs: secretly(outputs), secretOutputNames: Object.keys(outputs) },
  };
}

function definedOnly(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** What a run does to the process, until it is restored. */
function interceptProcess({ secretKeys = [], traces = true }: RunOptions) {
  const failures: unknown[] = [];
  const messages: string[] = [];
  const restores = [
    catchRejections(failures),
    interceptConsole(messages),
    setSecretKeys(secretKeys),
    ...(traces ? [] : [dropTraces()]),
  ];
  return { failures, messages, restore: () => restores.forEach((restore) => restore()) };
}

type Restore = () => void;

/** Errors in callbacks of outputs surface only as unhandled rejections. */
function catchRejections(failures: unknown[]): Restore {
  const listeners = process.listeners("unhandledRejection");
  const fail = (reason: unknown) => void failures.push(reason);
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", fail);
  return () => {
    process.off("unhandledRejection", fail);
    for (const listener of listeners) process.on("unhandledRejection", listener);
  };
}

/** The language host hands the list over in this variable, and programs may read it. */
function setSecretKeys(keys: string[]): Restore {
  const before = process.env.PULUMI_CONFIG_SECRET_KEYS;
  process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(keys);
  return () => {
    if (before === undefined) delete process.env.PULUMI_CONFIG_SECRET_KEYS;
    else process.env.PULUMI_CONFIG_SECRET_KEYS = before;
  };
}

/** The SDK lifts the limit for each resource, so frames are also left unformatted. */
function dropTraces(): Restore {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Object.assign(Error, { stackTraceLimit: 0, prepareStackTrace: String });
  return () => void Object.assign(Error, { stackTraceLimit, prepareStackTrace });
}

/** Collects what `pulumi.log` writes, which without an engine goes to the console; everything else passes through. */
function interceptConsole(messages: string[]): Restore {
  const { log, warn, error } = console;
  const through =
    (write: typeof console.log): typeof console.log =>
    (...args) => {
      const logged = /^(?:info|warning|error): \[runtime\] (.*)$/s.exec(String(args[0]));
      if (logged) messages.push(logged[1]!);
      else write(...args);
    };
  Object.assign(console, { log: through(log), warn: through(warn), error: through(error) });
  return () => void Object.assign(console, { log, warn, error });
}
