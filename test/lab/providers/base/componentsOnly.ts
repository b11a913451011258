import type { ComponentFactory, Live, Provider } from "./provider";
import type { Props } from "./values";

/** A provider that has components and no resources of its own. */
export class ComponentsOnly implements Provider {
  constructor(
    readonly name: string,
    readonly version: string,
    readonly components: Readonly<Record<string, ComponentFactory>>,
    readonly prepare?: () => Promise<void>,
  ) {}

  configure(): void {}
  configReplaces(): [] {
    return [];
  }
  secrets(): [] {
    return [];
  }
  check(call: { type: string }): never {
    throw this.unknown(call.type);
  }
  diff(call: { type: string }): never {
    throw this.unknown(call.type);
  }
  create(call: { type: string }): Live {
    throw this.unknown(call.type);
  }
  read(call: { type: string }): Live {
    throw this.unknown(call.type);
  }
  update(call: { type: string }): Live {
    throw this.unknown(call.type);
  }
  delete(call: { type: string }): never {
    throw this.unknown(call.type);
  }
  invoke(token: string): Props {
    throw this.unknown(token);
  }

  private unknown(token: string): Error {
    return new Error(`${this.name} stand-in: ${token} is not known`);
  }
}
