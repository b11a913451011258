import { randomBytes } from "node:crypto";
import type { Store, Stored } from "../base/store";
import { asProps } from "../base/values";
import type { Props } from "../base/values";
import type { Reference, Table } from "./table";

/** Every value at a dotted path, lists walked through: `subnetMappings.subnetId`. */
export function valuesAt(props: unknown, path: string): unknown[] {
  const [key, ...rest] = path.split(".");
  const children = (Array.isArray(props) ? props : [props]).flatMap((item) => {
    const child = asProps(item)[key];
    return Array.isArray(child) ? child : child === undefined ? [] : [child];
  });
  return rest.length === 0
    ? children
    : children.flatMap((child) => valuesAt(child, rest.join(".")));
}

export function newId(prefix: string): string {
  return prefix + randomBytes(9).toString("hex").slice(0, 17);
}

/** Whose credentials the program has, where no role is taken. */
export const userOf = (account: string) => `arn:aws:iam::${account}:user/lab`;

/** The pretended cloud, read by checks. */
export class World {
  constructor(
    private readonly store: Store,
    private readonly table: Table,
  ) {}

  list(type: string): Stored[] {
    return this.store.list(type);
  }

  /** By id, ARN or name, whichever the referring input holds. */
  find(type: string, value: unknown): Stored | undefined {
    // Some types have no name: what is left out would be what they are all called.
    if (value === undefined) return undefined;
    return (
      this.store.get(type, String(value)) ??
      this.list(type).find((it) => it.outputs.arn === value || it.outputs.name === value)
    );
  }

  outputs(type: string, value: unknown): Props {
    return this.find(type, value)?.outputs ?? {};
  }

  fact(kind: string, name: string): Props | undefined {
    return this.store.fact(kind, name);
  }

  /** Resources whose declared references mean `self`. */
  holders(self: Stored): Stored[] {
    return this.store.all().filter((other) => other.owner !== self.id && this.holds(other, self));
  }

  private holds(other: Stored, self: Stored): boolean {
    const references = Object.entries(this.table[other.type]?.references ?? {});
    return references.some(
      ([path, reference]) =>
        reference.type === self.type &&
        !reference.loose &&
        valuesAt(other.inputs, path).some((value) => means(self, value)),
    );
  }
}

function means(self: Stored, value: unknown): boolean {
  return value === self.id || value === self.outputs.arn || value === self.outputs.name;
}

/** Why a reference does not resolve, in AWS's manner. */
export function unresolved(
  world: World,
  reference: Reference,
  value: unknown,
  from: { account: string; region: string },
): string | undefined {
  if (reference.unlisted) return undefined;
  const found = world.find(reference.type, value);
  if (!found) return `The ${reference.type} '${String(value)}' does not exist`;
  if (reference.anywhere) return undefined;
  if (found.account !== from.account) {
    return `The ${reference.type} '${String(value)}' belongs to account ${found.account}, not ${from.account}`;
  }
  const global = found.region === "global" || from.region === "global";
  return global || found.region === from.region
    ? undefined
    : `The ${reference.type} '${String(value)}' is in ${found.region}, not ${from.region}`;
}
