import { createHash } from "node:crypto";
import { asList, asProps, asText } from "../base/values";
import type { Props } from "../base/values";
import { newestAddon } from "./tables/addons";
import { userOf } from "./world";
import type { World } from "./world";

export interface InvokeCall {
  readonly args: Props;
  readonly world: World;
  readonly region: string;
  readonly account: string;
}

/**
 * Numbers of zones by letter, which each account has its own of; us-east-1 has six, one of which EKS takes no subnets in
 * (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html).
 */
const NUMBERS: Record<string, Record<string, number>> = {
  "us-east-1": { a: 4, b: 6, c: 1, d: 2, e: 3, f: 5 },
};
const THREE: Record<string, number> = { a: 1, b: 2, c: 3 };

interface Zone {
  readonly name: string;
  /** Stable (`euc1-az1`): what accounts agree on. */
  readonly id: string;
}

/** Zones of a region: three, us-east-1's six, or what the machine says, since AWS adds and takes away some. */
export function zonesOf(region: string, world: World): Zone[] {
  const [area = "", side = "", number = ""] = region.split("-");
  const said = world.fact("zones", region);
  const numbers = NUMBERS[region] ?? THREE;
  const usual = Object.keys(numbers).map((letter) => region + letter);
  const names = said ? asList(said.names).map(asText) : usual;
  const start = `${area}${side.charAt(0)}${number}-az`;
  const idOf = (letter: string) => start + (numbers[letter] ?? letter.charCodeAt(0) - 96);
  return names.map((name) => ({ name, id: idOf(name.slice(-1)) }));
}

const INVOKES: Readonly<Record<string, (call: InvokeCall) => Props>> = {
  "aws:index/getAvailabilityZones:getAvailabilityZones": ({ args, region, world }) => {
    const [names, ids] = [args.excludeNames, args.excludeZoneIds].map(asList);
    const zones = zonesOf(region, world).filter(
      ({ name, id }) => !names.includes(name) && !ids.includes(id),
    );
    return {
      id: region,
      region,
      names: zones.map(({ name }) => name),
      zoneIds: zones.map(({ id }) => id),
      groupNames: [region],
    };
  },
  "aws:index/getCallerIdentity:getCallerIdentity": ({ account }) => ({
    id: account,
    accountId: account,
    arn: userOf(account),
    userId: "AIDALAB",
  }),
  "aws:index/getRegion:getRegion": ({ region }) => ({
    id: region,
    region,
    name: region,
    description: region,
    endpoint: `ec2.${region}.amazonaws.com`,
  }),
  "aws:index/getPartition:getPartition": () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:iam/getPolicyDocument:getPolicyDocument": ({ args }) => policyDocument(args),
  "aws:ssm/getParameter:getParameter": ({ args, region, account }) => ({
    id: args.name,
    name: args.name,
    arn: `arn:aws:ssm:${region}:${account}:parameter${asText(args.name)}`,
    type: "String",
    value: parameterValue(asText(args.name)),
    insecureValue: parameterValue(asText(args.name)),
    version: 1,
    region,
  }),
  "aws:ec2/getAmi:getAmi": ({ args, region }) => ({
    ...args,
    id: imageId(JSON.stringify(args)),
    imageId: imageId(JSON.stringify(args)),
    architecture: "x86_64",
    rootDeviceName: "/dev/xvda",
    region,
  }),
  "aws:ec2/getVpc:getVpc": ({ args, world }) => found(world, "ec2.Vpc", args.id),
  "aws:ec2/getSubnet:getSubnet": ({ args, world }) => found(world, "ec2.Subnet", args.id),
  "aws:ec2/getSecurityGroup:getSecurityGroup": ({ args, world }) =>
    found(world, "ec2.SecurityGroup", args.id),
  "aws:route53/getZone:getZone": ({ args, world }) =>
    found(world, "route53.Zone", args.zoneId ?? args.name),
  "aws:eks/getAddonVersion:getAddonVersion": ({ args }) => {
    const version = newestAddon(args.addonName, asText(args.kubernetesVersion));
    return { ...args, id: args.addonName, version };
  },
  "aws:eks/getCluster:getCluster": ({ args, world }) => found(world, "eks.Cluster", args.name),
};

/** An invoke that no row answers is an error: a silent empty answer would prove nothing. */
export function answerInvoke(token: string, call: InvokeCall): Props {
  const answer = INVOKES[token];
  if (!answer) throw new Error(`aws stand-in: no function ${token}; add a row to its invokes`);
  return answer(call);
}

function found(world: World, type: string, value: unknown): Props {
  const resource = world.find(type, value);
  if (!resource) throw new Error(`no matching ${type} found: ${String(value)}`);
  return { ...resource.outputs, id: resource.id };
}

function imageId(seed: string): string {
  return `ami-${createHash("sha256").update(seed).digest("hex").slice(0, 17)}`;
}

function parameterValue(name: string): string {
  return /ami|image/i.test(name) ? imageId(name) : `lab-value-of-${name}`;
}

function policyDocument(args: Props): Props {
  const statements = asList(args.statements).map(asProps).map(statement);
  const json = JSON.stringify({ Version: "2012-10-17", Statement: statements }, null, 2);
  return { ...args, id: imageId(json).slice(4), json, minifiedJson: json };
}

function statement(it: Props): Props {
  const principals = asList(it.principals).map(asProps);
  const conditions = asList(it.conditions).map(asProps);
  const group = (test: string) =>
    Object.fromEntries(
      conditions.filter((c) => c.test === test).map((c) => [asText(c.variable), c.values]),
    );
  return {
    ...(it.sid ? { Sid: it.sid } : {}),
    Effect: it.effect ?? "Allow",
    ...(it.actions ? { Action: it.actions } : {}),
    ...(it.resources ? { Resource: it.resources } : {}),
    ...(principals.length > 0
      ? { Principal: Object.fromEntries(principals.map((p) => [asText(p.type), p.identifiers])) }
      : {}),
    ...(conditions.length > 0
      ? {
          Condition: Object.fromEntries(
            conditions.map((c) => [asText(c.test), group(asText(c.test))]),
          ),
        }
      : {}),
  };
}
