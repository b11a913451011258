import assert from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { AwsProvider } from "../aws/provider";
import { TABLE } from "../aws/tables";
import { Store } from "../base/store";
import type { Stored } from "../base/store";
import type { Live } from "../base/provider";
import type { Props } from "../base/values";

const REGION = "eu-central-1";

/** `ec2.Subnet` as the engine names it: `aws:ec2/subnet:Subnet`. */
function tokenOf(type: string): string {
  const [module, name] = type.split(".");
  return `aws:${module}/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
}

/** A pretended cloud of one test, driven as the engine would. */
export class Cloud {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), "lab-cloud-"));
  readonly store = new Store(this.root, "aws");
  readonly provider = new AwsProvider("7.0.0", TABLE, this.store);

  constructor(config: Props = { region: REGION }) {
    this.provider.configure(config);
  }

  call(type: string, inputs: Props, name = "it") {
    const token = tokenOf(type);
    const urn = `urn:pulumi:dev::lab::${token}::${name}`;
    return { urn, type: token, name, id: "", inputs, preview: false, timeout: 0 };
  }

  check(type: string, inputs: Props, oldInputs: Props = {}, name = "it") {
    return this.provider.check({
      ...this.call(type, inputs, name),
      oldInputs,
      suffix: "0123456789",
    });
  }

  /** At once: nobody runs tasks here. */
  create(type: string, inputs: Props, name = "it"): Live {
    const checked = this.check(type, inputs, {}, name);
    assert.deepStrictEqual(checked.failures, []);
    return this.provider.create(this.call(type, checked.inputs, name)) as Live;
  }

  update(type: string, id: string, inputs: Props): Live {
    const self = this.stored(type, id);
    const olds = { oldInputs: self.inputs, oldOutputs: self.outputs };
    return this.provider.update({ ...this.call(type, inputs), id, ...olds }) as Live;
  }

  delete(type: string, id: string): void {
    const { inputs, outputs } = this.stored(type, id);
    const olds = { oldInputs: inputs, oldOutputs: outputs };
    void this.provider.delete({ ...this.call(type, inputs), id, ...olds });
  }

  read(type: string, id: string, oldInputs: Props): Live | undefined {
    const olds = { oldInputs, oldOutputs: {} };
    return this.provider.read({ ...this.call(type, oldInputs), id, ...olds });
  }

  stored(type: string, id: string): Stored {
    const found = this.store.get(type, id);
    assert.ok(found, `${type} ${id} is not in the store`);
    return found;
  }

  /** What the machine would have said beforehand. */
  tell(kind: string, name: string, fact: Props): void {
    fs.mkdirSync(path.join(this.root, kind), { recursive: true });
    fs.writeFileSync(path.join(this.root, kind, `${name}.json`), JSON.stringify(fact));
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

/** A VPC with subnets in two zones, which most resources need. */
export function addVpc(cloud: Cloud, second: number) {
  const cidrBlock = `10.${second}.0.0/16`;
  const vpc = cloud.create("ec2.Vpc", { cidrBlock }, `vpc${second}`).id;
  const subnets = ["a", "b"].map(
    (zone, index) =>
      cloud.create("ec2.Subnet", {
        vpcId: vpc,
        cidrBlock: `10.${second}.${index}.0/24`,
        availabilityZone: REGION + zone,
      }).id,
  );
  return { vpc, subnets };
}

export function addGroup(cloud: Cloud, vpcId: string, name: string): string {
  return cloud.create("ec2.SecurityGroup", { vpcId, name }).id;
}

export const trustPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "eks.amazonaws.com" } },
  ],
});
