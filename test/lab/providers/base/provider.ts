import type { Changes } from "./diff";
import type { Props } from "./values";

/** One resource as an operation sees it. Inputs and outputs are plain: the server opens and seals secrets. */
export interface ResourceCall {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Props;
  readonly preview: boolean;
}

export interface CheckCall extends ResourceCall {
  readonly oldInputs: Props;
  /** Seven or more hexadecimal digits, the same for the same resource on every run. */
  readonly suffix: string;
}

export interface ChangeCall extends ResourceCall {
  readonly oldInputs: Props;
  readonly oldOutputs: Props;
}

export interface Failure {
  readonly property: string;
  readonly reason: string;
}

export interface Difference {
  readonly changes: Changes;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace?: boolean;
}

export interface Live {
  readonly id: string;
  readonly outputs: Props;
  readonly inputs?: Props;
}

export interface Component {
  readonly urn: unknown;
  readonly state: Props;
}

/** Makes one remote component; arguments are Pulumi inputs, the caller has set up the SDK's runtime. */
export type ComponentFactory = (name: string, inputs: Props, options: Props) => Promise<Component>;

export interface Provider {
  readonly name: string;
  readonly version: string;
  configure(config: Props): void;
  check(call: CheckCall): { inputs: Props; failures: Failure[] };
  diff(call: ChangeCall): Difference | Promise<Difference>;
  create(call: ResourceCall): Live | Promise<Live>;
  /** How long making one takes, where the order of other things hangs on it; else they are there at once. */
  secondsOf?(type: string): number;
  /** Undefined when the resource is gone. */
  read(call: ChangeCall): Live | undefined | Promise<Live | undefined>;
  update(call: ChangeCall): Live | Promise<Live>;
  delete(call: ChangeCall): void | Promise<void>;
  invoke(token: string, args: Props): Props | Promise<Props>;
  /** Secret whatever the program says: paths into inputs and outputs. */
  secrets(type: string, props: Props): readonly (readonly string[])[];
  /** Changed configuration that replaces the provider, and with it everything it made. */
  configReplaces(before: Props, after: Props): readonly string[];
  readonly components: Readonly<Record<string, ComponentFactory>>;
  /** Runs in the SDK's runtime before a component's inputs are read: resource references need their modules. */
  prepare?(): Promise<void>;
}
