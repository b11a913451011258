import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { connectPod } from "../network";
import { command, Service, until } from "../processes";
import type { Interface } from "../vpc/filter";
import type { Credentials } from "./signature";

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

const REBOOTS = "exit 133";

/** An instance of an Auto Scaling group: a system of its own that boots, with disk, network and metadata. */
export class Instance {
  readonly id: string;
  /** Lifecycle of the group; hooks hold it in a wait. */
  state: "Pending:Wait" | "InService" | "Standby" | "Terminating:Wait" | "Terminated" =
    "Pending:Wait";
  target: TargetState = "InService";
  healthy = true;
  readonly disk: string;
  readonly keys: Credentials;
  #network?: Service;
  #system?: Service;
  #on = false;

  constructor(readonly options: InstanceOptions) {
    this.id = `i-${randomBytes(8).toString("hex")}0`;
    this.disk = path.join(options.work, "instances", this.id);
    this.keys = {
      accessKey: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
      secretKey: randomBytes(30).toString("base64"),
      session: randomBytes(60).toString("base64"),
      roleArn: options.roleArn,
      expires: new Date(Date.now() + options.credentialSeconds * 1000),
    };
  }

  get interface(): Interface {
    return { address: this.options.address, groups: [...this.options.securityGroups].sort() };
  }

  /** What it is told at its address for metadata. */
  get told(): Record<string, string> {
    const { address, zone, region, roleArn } = this.options;
    const role = roleArn.split("/").at(-1)!;
    const { accessKey: AccessKeyId, secretKey: SecretAccessKey, session: Token } = this.keys;
    const Expiration = this.keys.expires.toISOString();
    return {
      "instance-id": this.id,
      "local-ipv4": address,
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
    await this.#makeNetwork();
    this.start();
  }

  /** Switches it on; a reboot of its own switches it on again. */
  start(): void {
    this.#on = true;
    void this.#run();
  }

  /** Asks it to shut down, as EC2 does, and waits. */
  async stop(seconds = 60): Promise<void> {
    this.#on = false;
    await this.#system?.stop(seconds);
  }

  async end(): Promise<void> {
    await this.stop(2);
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

  /** Runs a command of the lab in its network. */
  async inNetwork(...words: string[]): Promise<string> {
    return command("nsenter", "-t", `${this.#network!.pid}`, "--net", ...words);
  }

  async #makeDisk(): Promise<void> {
    const { image, userData, address, trusted } = this.options;
    fs.mkdirSync(path.dirname(this.disk), { recursive: true });
    await command("cp", "-a", "--reflink=auto", image, this.disk);
    const seed = path.join(this.disk, "var/lib/cloud/seed/nocloud");
    fs.mkdirSync(seed, { recursive: true });
    fs.writeFileSync(path.join(seed, "user-data"), userData);
    const host = `ip-${address.replaceAll(".", "-")}`;
    fs.writeFileSync(
      path.join(seed, "meta-data"),
      `instance-id: ${this.id}\nlocal-hostname: ${host}\n`,
    );
    fs.appendFileSync(path.join(this.disk, "etc/ssl/certs/ca-certificates.crt"), trusted);
  }

  async #makeNetwork(): Promise<void> {
    const { work, number, address } = this.options;
    const logs = path.join(work, "logs");
    const args = ["--net", "sleep", "infinity"];
    this.#network = new Service({ name: `${this.id}.network`, command: "unshare", args, logs });
    const { pid } = this.#network;
    const mine = fs.readlinkSync("/proc/self/ns/net");
    await until("network", 5, () => fs.readlinkSync(`/proc/${pid}/ns/net`) !== mine);
    await connectPod(pid, address, `m${number}`);
  }

  async #run(): Promise<void> {
    let how = REBOOTS;
    while (this.#on && how === REBOOTS) {
      this.#system = new Service({
        name: this.id,
        command: "systemd-nspawn",
        args: [
          ...["--quiet", `--directory=${this.disk}`, "--boot", "--register=no", "--keep-unit"],
          ...[`--machine=${this.id}`, "--console=read-only"],
          `--network-namespace-path=/proc/${this.#network!.pid}/ns/net`,
        ],
        logs: path.join(this.options.work, "logs"),
      });
      how = await this.#system.ended;
    }
  }
}

/** What the container's first process is outside. */
function firstProcess(system?: Service): number | undefined {
  if (!system?.running) return undefined;
  const file = `/proc/${system.pid}/task/${system.pid}/children`;
  return Number(fs.readFileSync(file, "utf8").trim().split(" ")[0]) || undefined;
}
