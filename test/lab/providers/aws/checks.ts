import type { Stored } from "../base/store";
import { asText, equal } from "../base/values";
import type { Check, Draft } from "./table";
import { isInside, overlap, parseCidr } from "./cidr";

/** Checks that several types share; each answers in AWS's manner. */

/** All but itself; on create a namesake is another one. */
export function others(draft: Draft, type = draft.type): Stored[] {
  return draft.world.list(type).filter((other) => !draft.before || other.id !== draft.id);
}

/** Refuses a second resource with the same values in `fields`. */
export function unique(code: string, ...fields: string[]): Check {
  return (draft) => {
    const twin = others(draft).find(
      (other) =>
        other.account === draft.account &&
        other.region === draft.region &&
        fields.every((field) => equal(other.inputs[field], draft.inputs[field])),
    );
    const values = fields.map((field) => `${field} ${String(draft.inputs[field])}`).join(", ");
    return twin && `${code}: ${twin.id} already has ${values}`;
  };
}

export function cidrs(...fields: string[]): Check {
  return ({ inputs }) => {
    const bad = fields
      .map((field) => inputs[field])
      .find((value) => value !== undefined && !parseCidr(value));
    return bad === undefined
      ? undefined
      : `InvalidParameterValue: '${String(bad)}' is no IPv4 network address with prefix length`;
  };
}

export function prefixBetween(field: string, shortest: number, longest: number): Check {
  return ({ inputs }) => {
    const range = parseCidr(inputs[field]);
    const fits = range && range.bits >= shortest && range.bits <= longest;
    return fits || !range
      ? undefined
      : `InvalidRange: '${asText(inputs[field])}' must be between /${shortest} and /${longest}`;
  };
}

export function insideVpc(field: string): Check {
  return ({ inputs, world }) => {
    const vpc = world.outputs("ec2.Vpc", inputs.vpcId);
    return isInside(inputs[field], vpc.cidrBlock)
      ? undefined
      : `InvalidSubnet.Range: '${asText(inputs[field])}' is not inside ${asText(vpc.cidrBlock)}`;
  };
}

export const noSiblingOverlap: Check = (draft) => {
  const sibling = others(draft).find(
    (other) =>
      other.inputs.vpcId === draft.inputs.vpcId &&
      overlap(other.inputs.cidrBlock, draft.inputs.cidrBlock),
  );
  return (
    sibling &&
    `InvalidSubnet.Conflict: '${asText(draft.inputs.cidrBlock)}' conflicts with ${sibling.id}`
  );
};

export function jsonDocument(...fields: string[]): Check {
  return ({ inputs }) => {
    for (const field of fields) {
      if (inputs[field] === undefined) continue;
      try {
        const parsed: unknown = JSON.parse(String(inputs[field]));
        if (typeof parsed !== "object" || parsed === null)
          return `MalformedPolicyDocument: ${field}`;
      } catch {
        return `MalformedPolicyDocument: ${field} is not JSON`;
      }
    }
    return undefined;
  };
}

export function oneOfValues(field: string, ...allowed: readonly unknown[]): Check {
  return ({ inputs }) =>
    inputs[field] === undefined || allowed.includes(inputs[field])
      ? undefined
      : `InvalidParameterValue: ${field} is '${String(inputs[field])}', allowed: ${allowed.join(", ")}`;
}

/** Both referred resources live in one VPC, where AWS asks for it. */
export function sameVpc(...fields: readonly (readonly [string, string])[]): Check {
  return ({ inputs, world }) => {
    const vpcs = fields
      .flatMap(([field, type]) => {
        const value = inputs[field];
        const ids = Array.isArray(value) ? value : value === undefined ? [] : [value];
        return ids.map((id) => world.outputs(type, id).vpcId);
      })
      .filter((vpc) => vpc !== undefined);
    return new Set(vpcs).size <= 1
      ? undefined
      : `InvalidParameterValue: ${fields.map(([field]) => field).join(" and ")} belong to different networks: ${[...new Set(vpcs)].join(", ")}`;
  };
}
