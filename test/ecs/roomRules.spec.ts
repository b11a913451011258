import assert from "node:assert/strict";
import { roomOf } from "../../components/ecs/instanceTypes";
import { roomRules } from "../../components/ecs/roomRules";
import { ecsRules } from "../../components/ecs/rules";
import type { TopologyDescription } from "../../components/topology";
import { type Claim, testEveryRule, testRules } from "../support/rules";
import { onInstances } from "./good";

type Service = NonNullable<TopologyDescription["ecsServices"]>[string];

const pay = (fields: Partial<Service>) => (description: TopologyDescription) =>
  Object.assign(description.ecsServices!.pay!, fields);

const apps =
  (fields: Partial<NonNullable<TopologyDescription["ecsClusters"]>[string]>) =>
  (description: TopologyDescription) =>
    Object.assign(description.ecsClusters!.apps!, fields);

const claims: Claim[] = [
  [
    "ecs-instance-fits",
    "a task with more processors than an instance has",
    pay({ cpu: 4096 }),
    "ecsServices.pay.cpu: got 4096; allowed: at most the 2048 CPU units of a c7g.large; fix: name a larger type at ecsClusters.apps.instanceType, or ask for less",
  ],
  [
    "ecs-instance-fits",
    "a task that takes all memory",
    pay({ memory: 4096 }),
    "ecsServices.pay.memory: got 4096; allowed: less than the 4096 MiB of a c7g.large, of which its system keeps some; fix: name a larger type at ecsClusters.apps.instanceType, or ask for less",
  ],
  [
    "ecs-instance-room",
    "more tasks than instances have network interfaces for",
    apps({ count: { min: 1, max: 3 } }),
    "ecsClusters.apps.count.max: got 3; allowed: at least 4: its tasks, and one that replaces another, take 7 network interfaces beside their own, of which a c7g.large has 2; fix: raise it, or name a larger type; the account setting awsvpcTrunking gives more interfaces, which is not counted",
  ],
  [
    "ecs-instance-room",
    "more tasks than instances have memory for",
    pay({ memory: 3072 }),
    "ecsClusters.apps.count.max: got 4; allowed: at least 6: its tasks, and one that replaces another, take 21504 MiB of memory, of which a c7g.large has 4096; fix: raise it, or name a larger type",
  ],
  [
    "ecs-instance-known",
    "an instance type of another kind",
    apps({ instanceType: "im4gn.large" }),
    'ecsClusters.apps.instanceType: got "im4gn.large"; allowed: a type whose room is known here: c, m and r of the generations 5 to 8, t3, t4g; fix: see yourself that tasks fit: `aws ec2 describe-instance-types` says its processors, memory and network interfaces',
  ],
];

describe("rules about the room of instances", () => {
  testRules(ecsRules, onInstances(), claims);
  testEveryRule(roomRules, claims);
});

describe("the room of an instance type", () => {
  it("is what AWS says of it", () => {
    assert.deepEqual(roomOf("c7g.large"), { cpu: 2048, memory: 4096, interfaces: 2 });
    assert.deepEqual(roomOf("r8g.16xlarge"), { cpu: 65536, memory: 524288, interfaces: 14 });
    assert.deepEqual(roomOf("t4g.nano"), { cpu: 2048, memory: 512, interfaces: 1 });
  });

  it("is not guessed", () => {
    for (const type of ["m8azn.large", "c8a.8xlarge", "t3a.small", "m7g.metal", "t3", "z1d.large"])
      assert.equal(roomOf(type), undefined, type);
  });
});
