import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { connectPod, untilParted } from "../network";
import { command, Service, until } from "../processes";
import type { Interface } from "../vpc/filter";
import { contained } from "./container";
import type { Informed, Told } from "./metadata";
import type { LifecycleState } from "./scaling";
import { credentialsOf, type Credentials } from "./signature";

/** What a group says that a machine is to become (https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html). */
export type TargetState = "InService" | "Standby" | "Terminated";

export interface InstanceOptions {
  readonly group: string;
  readonly number: number;
  readonly address: string;
  readonly zone: string;
  readonly region: string;
  readonly securityGroups: readonly string[];
  readonly roleArn: string;
  /** Decoded. */
  readonly userData: string;
  /** Root file system of the image. */
  readonly image: string;
  /** PEM that the image trusts beside the world's: that of the lab's AWS. */
  readonly trusted: string;
  /** Seconds that its credentials live. */
  readonly credentialSeconds: number;
  readonly work: string;
}

/**
 * systemd-resolved as Amazon Linux 2023 has it, without its stub and with its servers in `resolv.conf`; the image is as Ubuntu is
 * (https://github.com/tailscale/tailscale/issues/7816).
 */
const withoutStub = {
  dropIn: "usr/lib/systemd/resolved.conf.d/resolved-disable-stub-listener.conf",
  content: "[Resolve]\nDNSStubListener=no\n",
  names: "/run/systemd/resolve/resolv.conf",
};

/** An instance of an Auto Scaling group: a system of its own that boots, with disk, network and metadata. */
export class Instance {
  readonly id: string;
  /** Lifecycle of the group; hooks hold it in a wait. */
  state: LifecycleState = "Pending:Wait";
  /** When it entered that state. */
  since = Date.now();
  target: TargetState = "InService";
  healthy = true;
  /** What has ended its termination hook. */
  ended?: string;
  /** How often it was switched on. */
  boots = 0;
  readonly disk: string;
  /** What it has written to its disk. */
  readonly written: string;
  readonly keys: Credentials;
  #network?: Service;
  #system?: Service;
  #on = true;

  constructor(readonly options: InstanceOptions) {
    this.id = `i-${randomBytes(8).toString("hex")}0`;
    this.disk = path.join(options.work, "instances", this.id);
    this.written = `${this.disk}.written`;
    this.keys = credentialsOf(options.roleArn, options.credentialSeconds);
  }

  get interface(): Interface {
    return { address: this.options.address, groups: [...this.options.securityGroups].sort() };
  }

  enter(state: LifecycleState): void {
    this.state = state;
    this.since = Date.now();
  }

  /** As its status checks have it. */
  get isOn(): boolean {
    return this.#on;
  }

  /** What it is told at its address for metadata. */
  get informed(): Informed {
    return { told: this.#told, userData: this.options.userData };
  }

  get #told(): Told {
    const { address, zone, region, roleArn } = this.options;
    const role = roleArn.split("/").at(-1)!;
    const { accessKey: AccessKeyId, secretKey: SecretAccessKey, session: Token } = this.keys;
    const Expiration = this.keys.expires.toISOString();
    return {
      "instance-id": this.id,
      "local-ipv4": address,
      "local-hostname": `ip-${address.replaceAll(".", "-")}.${region}.compute.internal`,
      "placement/region": region,
      "placement/availability-zone": zone,
      "iam/info": JSON.stringify({ Code: "Success", InstanceProfileArn: roleArn }),
      "iam/security-credentials/": role,
      [`iam/security-credentials/${role}`]: JSON.stringify({
        ...{ Code: "Success", Type: "AWS-HMAC", AccessKeyId, SecretAccessKey, Token, Expiration },
      }),
      "autoscaling/target-lifecycle-state": this.target,
    };
  }

  async launch(): Promise<void> {
    await this.#makeDisk();
    this.start();
  }

  /** Switches it on. */
  start(): void {
    this.#on = true;
    void this.#run();
  }

  /** Asks it to shut down, as EC2 does, and waits. */
  async stop(seconds = 60): Promise<void> {
    await this.#system?.stop(seconds);
  }

  async end(seconds = 2): Promise<void> {
    await this.stop(seconds);
    await this.#network?.stop(0);
  }

  /** Everything that it has written to its console. */
  get console(): string {
    const file = this.#system?.log;
    return file && fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  }

  /** Runs a command as root on it. */
  async run(...words: string[]): Promise<string> {
    const pid = await until("first process of the instance", 20, () => firstProcess(this.#system));
    return command("nsenter", "-t", `${pid}`, "-a", "-r", "-w", ...words);
  }

  /** What it writes is kept apart from its image, for as long as it is there. */
  async #makeDisk(): Promise<void> {
    const { image, trusted } = this.options;
    const [written, scratch] = [this.written, `${this.disk}.scratch`];
    [this.disk, written, scratch].forEach((folder) => fs.mkdirSync(folder, { recursive: true }));
    const layers = `lowerdir=${image},upperdir=${written},workdir=${scratch}`;
    await command("mount", "-t", "overlay", "overlay", "-o", layers, this.disk);
    fs.appendFileSync(path.join(this.disk, "etc/ssl/certs/ca-certificates.crt"), trusted);
    if (this.options.number % 2 === 1) await this.#dropStub();
  }

  async #dropStub(): Promise<void> {
    const dropIn = path.join(this.disk, withoutStub.dropIn);
    fs.mkdirSync(path.dirname(dropIn), { recursive: true });
    fs.writeFileSync(dropIn, withoutStub.content);
    await command("ln", "-sfT", withoutStub.names, path.join(this.disk, "etc/resolv.conf"));
  }

  get #link(): string {
    return `m${this.options.number}-${this.boots}`;
  }

  /** Another one at each boot: rules of the one before are gone. */
  async #makeNetwork(): Promise<number> {
    const { work, address } = this.options;
    if (this.boots > 0) await command("ip", "link", "delete", this.#link);
    await this.#network?.stop(0);
    this.boots += 1;
    const logs = path.join(work, "logs");
    const args = ["--net", "sleep", "infinity"];
    this.#network = new Service({ name: `${this.id}.network`, command: "unshare", args, logs });
    const { pid } = this.#network;
    await untilParted(pid);
    await connectPod(pid, address, this.#link);
    return pid;
  }

  async #run(): Promise<void> {
    const { id, disk } = this;
    const { work } = this.options;
    const group = path.join(path.basename(work), id);
    const network = await this.#makeNetwork();
    const boot = contained({ id, group, disk, network });
    this.#system = new Service({ name: id, ...boot, logs: path.join(work, "logs") });
    await this.#system.ended;
    this.#on = false;
  }
}

/** What the container's first process is outside. */
function firstProcess(system?: Service): number | undefined {
  if (!system?.running) return undefined;
  const file = `/proc/${system.pid}/task/${system.pid}/children`;
  return Number(fs.readFileSync(file, "utf8").trim().split(" ")[0]) || undefined;
}
