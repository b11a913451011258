import type {
  ChangeCall,
  CheckCall,
  Difference,
  Failure,
  Live,
  Provider,
  ResourceCall,
} from "../base/provider";
import type { Store } from "../base/store";
import { asText, hasUnknown } from "../base/values";
import type { Props } from "../base/values";
import { constructChart } from "./chart";
import { Client } from "./client";
import { parseKubeconfig } from "./kubeconfig";
import { ObjectResource } from "./object";
import { ReleaseResource } from "./release";
import { silenceOf } from "./way";

const RELEASE = "kubernetes:helm.sh/v3:Release";
/** Served by other parts of the real provider; applying them as objects would be a silent success. */
const NOT_SERVED = [
  "kubernetes:yaml:",
  "kubernetes:yaml/v2:",
  "kubernetes:helm.sh/",
  "kubernetes:kustomize",
];

/** What both kinds of resources answer. */
export interface Resource {
  check(call: CheckCall): { inputs: Props; failures: Failure[] };
  diff(call: ChangeCall): Difference;
  create(call: ResourceCall): Promise<Live>;
  read(call: ChangeCall): Promise<Live | undefined>;
  update(call: ChangeCall): Promise<Live>;
  delete(call: ChangeCall): Promise<void>;
  secrets(props: Props): readonly (readonly string[])[];
}

const flag = (config: Props, key: string) => String(config[key]) === "true";

/** Real objects in a real API server: helm for releases, server-side apply for everything else. */
export class KubernetesProvider implements Provider {
  readonly name = "kubernetes";
  readonly components = { "kubernetes:helm.sh/v4:Chart": constructChart };
  private config: Props = {};
  private client?: Client;

  /** @param cloud where API servers stand; absent: all of them answer */
  constructor(
    readonly version: string,
    private readonly cloud?: Store,
  ) {}

  configure(config: Props): void {
    this.config = config;
    this.client = undefined;
  }

  /** Another API server means other objects; another credential does not. */
  configReplaces(before: Props, after: Props): readonly string[] {
    if (hasUnknown(before) || hasUnknown(after)) return [];
    const named = (config: Props) => asText(config.clusterIdentifier);
    if (named(before) || named(after)) {
      return named(before) === named(after) ? [] : ["clusterIdentifier"];
    }
    return serverOf(before) === serverOf(after) ? [] : ["kubeconfig"];
  }

  check(call: CheckCall): { inputs: Props; failures: Failure[] } {
    return this.resource(call.type).check(call);
  }

  diff(call: ChangeCall): Difference {
    return this.resource(call.type).diff(call);
  }

  create(call: ResourceCall): Promise<Live> {
    return this.resource(call.type).create(call);
  }

  read(call: ChangeCall): Promise<Live | undefined> {
    return this.resource(call.type).read(call);
  }

  update(call: ChangeCall): Promise<Live> {
    return this.resource(call.type).update(call);
  }

  delete(call: ChangeCall): Promise<void> {
    return this.resource(call.type).delete(call);
  }

  invoke(token: string): Props {
    throw new Error(`kubernetes stand-in: no function ${token}`);
  }

  secrets(type: string, props: Props): readonly (readonly string[])[] {
    return this.resource(type).secrets(props);
  }

  private resource(type: string): Resource {
    const connect = () => this.demandWay((this.client ??= this.connect()));
    if (type === RELEASE) return new ReleaseResource(connect, asText(this.config.namespace));
    if (NOT_SERVED.some((prefix) => type.startsWith(prefix))) {
      throw new Error(`kubernetes stand-in: no resource type ${type}`);
    }
    return new ObjectResource(connect, {
      namespace: asText(this.config.namespace),
      upsert: flag(this.config, "upsertExistingObjects"),
      mutable: {
        configMaps: flag(this.config, "enableConfigMapMutable"),
        secrets: flag(this.config, "enableSecretMutable"),
      },
    });
  }

  /** Every time: what lets Pulumi in may come and go while this process runs. */
  private demandWay(client: Client): Client {
    const silence = this.cloud && silenceOf(client.server, this.cloud);
    if (silence) throw new Error(silence);
    return client;
  }

  private connect(): Client {
    const kubeconfig = asText(this.config.kubeconfig);
    // The ambient cluster of whoever runs the lab must never be reached by accident.
    if (!kubeconfig) throw new Error("kubernetes stand-in: the provider has no kubeconfig");
    return new Client(parseKubeconfig(kubeconfig, asText(this.config.context) || undefined));
  }
}

function serverOf(config: Props): string {
  const kubeconfig = asText(config.kubeconfig);
  try {
    return parseKubeconfig(kubeconfig, asText(config.context) || undefined).server;
  } catch {
    return kubeconfig;
  }
}
