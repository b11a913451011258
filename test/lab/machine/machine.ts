import * as fs from "node:fs";
import * as path from "node:path";
import type { Tools } from "../tools/build";
import { Authenticator, viewBinding } from "./authenticator";
import { Cloud } from "./cloud";
import { ClusterState } from "./clusterState";
import { eksDefinitions } from "./crds";
import { Door } from "./door";
import { Ec2, resolverAddress } from "./ec2/ec2";
import { Ecs } from "./ecs/ecs";
import type { Json, Kube } from "./kube";
import type { Host } from "./kubelet/container";
import { Kubelet } from "./kubelet/kubelet";
import { runsByDefault } from "./kubelet/programs";
import { addresses, prepareNetwork } from "./network";
import { command, until, type Service } from "./processes";
import { ReadinessGates } from "./readinessGates";
import { ApiServer, kubeconfigText, startEtcd, type Context } from "./servers";
import { Store } from "./store";
import type { Registered } from "./targetGroups";
import { AddressPool } from "./vpc/addressPool";
import { Packets } from "./vpc/packets";
import { holds } from "./kubelet/status";

const defaultRegion = "eu-central-1";

export interface ClusterOptions {
  /** Physical name, as the cloud knows it. */
  readonly name: string;
  readonly region?: string;
  readonly zones?: readonly string[];
  /** Range that pods get their addresses from. */
  readonly podCidr?: string;
}

export interface MachineOptions {
  /** Folder of the run: logs, keys, etcd; removed by `enterLab`. */
  readonly work: string;
  readonly tools: Tools;
  readonly clusters: readonly ClusterOptions[];
  /** Which pods run as processes; istiod and the relay unless a test says otherwise. */
  readonly runs?: (pod: Json) => boolean;
}

export interface Cluster {
  readonly name: string;
  readonly kubeconfig: string;
  readonly kube: Kube;
  readonly server: ApiServer;
  readonly kubelet: Kubelet;
}

/** API servers and what a cloud serves around them, until `stop`. */
export class Machine {
  readonly clusters = new Map<string, Cluster>();
  readonly store: Store;
  readonly authenticator: Authenticator;
  readonly #ec2: Ec2;
  readonly ecs: Ecs;
  #vpcNames?: Promise<void>;
  /** Which packets pass between pods and load balancers. */
  packets?: Packets;
  readonly #pool: AddressPool;
  #etcd?: Service;
  #cloud?: Cloud;
  #gates: readonly ReadinessGates[] = [];
  #door?: Door;

  private constructor(readonly options: MachineOptions) {
    this.store = new Store(path.join(options.work, "store"));
    this.authenticator = new Authenticator(this.store, options.work);
    this.#pool = new AddressPool(this.store);
    this.#ec2 = new Ec2({
      store: this.store,
      work: options.work,
      tools: options.tools.machine,
    });
    this.ecs = new Ecs({
      ...{ store: this.store, work: options.work, host: this.#host },
      ...{ resolver: resolverAddress, ready: () => this.#serveVpcNames() },
    });
    this.authenticator.keysOf = (key) => this.#ec2.keysOf(key) ?? this.ecs.keysOf(key);
  }

  /** Starts everything, or nothing: a failure stops what was started. */
  static async start(options: MachineOptions): Promise<Machine> {
    const machine = new Machine(options);
    try {
      await machine.#start();
      return machine;
    } catch (error) {
      await machine.stop();
      throw error;
    }
  }

  /** A context per cluster: `istioctl analyze --remote-contexts` needs them in one file. */
  get kubeconfig(): string {
    return path.join(this.options.work, "kubeconfig");
  }

  /** For the CLI, the stand-ins and helm. */
  get environment(): NodeJS.ProcessEnv {
    const { bin } = this.options.tools;
    return {
      PATH: `${bin}:${process.env.PATH}`,
      LAB_STORE: this.store.folder,
    };
  }

  /** Targets of a target group, those that were taken out a while ago among them. */
  targets(groupArn: string): Registered[] {
    return this.#cloud?.targets(groupArn) ?? [];
  }

  /** Auto Scaling groups, whose machines run from when they are asked for. */
  async ec2(): Promise<Ec2> {
    await this.#serveVpcNames();
    await this.#ec2.start();
    return this.#ec2;
  }

  /** AWS's resolver, for all that is in a VPC and no pod. */
  async #serveVpcNames(): Promise<void> {
    const serve = async () => {
      await command("ip", "address", "add", `${resolverAddress}/32`, "dev", "lo");
      await this.#cloud!.serveVpcNames();
    };
    await (this.#vpcNames ??= serve());
  }

  /** What containers find, whoever runs them. */
  get #host(): Host {
    const { bin, bootstrap, ztunnel } = this.options.tools;
    const associations = this.store.folderOf("eks.PodIdentityAssociation");
    return { bin, signingKey: this.authenticator.keyFile, associations, bootstrap, ztunnel };
  }

  async stop(): Promise<void> {
    await Promise.all([this.#ec2.stop(), this.ecs.stop()]);
    const clusters = [...this.clusters.values()];
    this.#gates.forEach((gates) => gates.stop());
    await this.#cloud?.stop();
    await this.#door?.stop();
    await Promise.all(clusters.map(({ kubelet }) => kubelet.stop()));
    await Promise.all(clusters.map(({ server }) => server.stop()));
    this.authenticator.stop();
    await this.#etcd?.stop();
  }

  async #start(): Promise<void> {
    const { work, tools, clusters } = this.options;
    await prepareNetwork(work);
    const authenticator = await this.authenticator.start();
    const context = { work, bin: tools.bin, authenticator };
    this.#etcd = await startEtcd(context);
    await Promise.all(clusters.map((one, index) => this.#startCluster(context, one, index)));
    const access = [...this.clusters.values()].map(({ server }) => server.access);
    fs.writeFileSync(this.kubeconfig, kubeconfigText(...access));
    this.#door = new Door(
      context,
      [...this.clusters.values()].map(({ kubelet }) => kubelet),
    );
    await this.#door.start();
    const states = clusters.map(({ name, region = defaultRegion }, index) => {
      return new ClusterState(name, index, region, this.#cluster(name).kube);
    });
    const pods = [...this.clusters.values()].map(({ name, kubelet }) => ({
      cluster: name,
      addresses: () => kubelet.podAddresses,
    }));
    this.packets = new Packets(this.store, pods, () => [
      ...this.#ec2.interfaces,
      ...this.ecs.interfaces,
    ]);
    this.#cloud = new Cloud(
      this.store,
      states,
      this.packets,
      this.#pool,
      (pod) => !this.#runs(pod),
    );
    await this.#cloud.start();
    if (tools.ztunnel) this.ecs.start();
    this.#gates = states.map(
      (state) => new ReadinessGates(state, this.#cluster(state.name).server),
    );
    await Promise.all(this.#gates.map((gates) => gates.start()));
  }

  get #runs(): (pod: Json) => boolean {
    return this.options.runs ?? runsByDefault;
  }

  #cluster(name: string): Cluster {
    const found = this.clusters.get(name);
    if (!found) throw new Error(`no cluster ${name}`);
    return found;
  }

  async #startCluster(context: Context, options: ClusterOptions, index: number): Promise<void> {
    const { name, region = defaultRegion } = options;
    const { definitions } = this.options.tools;
    const server = new ApiServer(context, name, index);
    const kubelet = new Kubelet({
      cluster: name,
      index,
      get kube() {
        return server.kube;
      },
      store: this.store,
      host: this.#host,
      work: context.work,
      pool: this.#pool,
      podCidr: options.podCidr ?? addresses.pods(index),
      region,
      resolver: addresses.clusterResolver(index),
      zones: options.zones ?? [`${region}a`, `${region}b`],
      runs: this.#runs,
    });
    const { kubeconfig } = server;
    this.clusters.set(name, {
      name,
      kubeconfig,
      server,
      kubelet,
      get kube() {
        return server.kube;
      },
    });
    await server.start();
    const binding = `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${viewBinding.metadata.name}`;
    await Promise.all([
      kubelet.start(),
      defineCustomResources(server.kube, definitions),
      server.kube.apply(binding, viewBinding),
    ]);
    this.store.writeCluster(name, {
      name,
      endpoint: server.endpoint,
      certificateAuthority: Buffer.from(server.certificateAuthority).toString("base64"),
      token: server.token,
      version: "1.36",
    });
  }
}

async function defineCustomResources(kube: Kube, folder: string): Promise<void> {
  const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  for (const definition of eksDefinitions(folder)) {
    const own = `${definitions}/${definition.metadata.name}`;
    await kube.apply(own, definition);
    await until(`definition ${definition.metadata.name}`, 20, async () => {
      return holds(await kube.get(own), "Established");
    });
  }
}
