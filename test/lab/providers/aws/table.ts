import type { Stored } from "../base/store";
import type { Props } from "../base/values";
import type { World } from "./world";

/** A resource that is being created or changed; every value is known. */
export interface Draft {
  readonly type: string;
  readonly id: string;
  readonly inputs: Props;
  readonly account: string;
  readonly region: string;
  /** Who calls: the role that the provider takes, or the user that the program runs as. */
  readonly caller: string;
  readonly world: World;
  /** Absent on create. */
  readonly before?: Stored;
}

/** What AWS would answer when it refuses; undefined when it accepts. */
export type Check = (draft: Draft) => string | undefined;

export interface Reference {
  readonly type: string;
  /** May be of another account or region: shared or peered resources. */
  readonly anywhere?: boolean;
  /** AWS deletes the referred one all the same. */
  readonly loose?: boolean;
  /** May name what no file lists (AWS's own policies): it holds, but need not resolve. */
  readonly unlisted?: boolean;
}

export interface NameRule {
  readonly field: string;
  readonly max: number;
  readonly pattern?: RegExp;
}

/** One resource type of the pretended cloud. */
export interface ResourceType {
  /** Start of generated ids (`vpc-`); types with natural ids give `id`. */
  readonly prefix?: string;
  readonly id?: (draft: Draft) => string;
  readonly arn?: (draft: Draft) => string;
  readonly required?: readonly string[];
  /** Of each group exactly one. */
  readonly exactlyOne?: readonly (readonly string[])[];
  readonly name?: NameRule;
  readonly defaults?: Props;
  readonly replace?: readonly string[];
  readonly references?: Readonly<Record<string, Reference>>;
  readonly checks?: readonly Check[];
  readonly outputs?: (draft: Draft) => Props;
  /** Inputs that AWS chooses when they are not given: unknown in a preview. */
  readonly computed?: readonly string[];
  /** The same inside a block: `{ vpcConfig: ["vpcId"] }`. */
  readonly computedIn?: Readonly<Record<string, readonly string[]>>;
  /** Seconds until it is there. */
  readonly seconds?: number;
  /** It is a service of ECS: made once its tasks run, and gone with the last of them. */
  readonly runsTasks?: boolean;
  /** What AWS makes along with it; goes with it and blocks nothing. */
  readonly along?: (draft: Draft) => Stored[];
  /** What stays when it goes, and is nobody's then. */
  readonly leaves?: (self: Stored, world: World) => Stored[];
  /** Other resources that it changes. */
  readonly touches?: (draft: Draft) => Stored[];
  /** Why it cannot go yet, beyond references to it. */
  readonly blocked?: (self: Stored, world: World) => string | undefined;
  /** Inputs as AWS reports them, where other resources show in them. */
  readonly live?: (self: Stored, world: World) => Props;
}

export type Table = Readonly<Record<string, ResourceType>>;

export const to = (type: string): Reference => ({ type });
export const toAnywhere = (type: string): Reference => ({ type, anywhere: true });
export const toLoosely = (type: string): Reference => ({ type, loose: true });
export const unlisted = (type: string): Reference => ({ type, unlisted: true });

export function arn(service: string, resource: (draft: Draft) => string) {
  return (draft: Draft) => `arn:aws:${service}:${draft.region}:${draft.account}:${resource(draft)}`;
}

/** ARN of a type whose ids are its last part: `arn:aws:ec2:...:subnet/subnet-0ab`. */
export function ec2Arn(kind: string) {
  return arn("ec2", (draft) => `${kind}/${draft.id}`);
}
