/** Rules as policies of Pulumi's SDK. */
import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { formatProblem } from "../components/topology/problem";
import { UNKNOWN } from "./rule";
import type { Resource, Rule } from "./rule";

interface Settings {
  /** Names of resources that the rule does not look at. */
  except?: string[];
}

const configSchema: ResourceValidationPolicy["configSchema"] = {
  properties: {
    except: {
      type: "array",
      items: { type: "string" },
      default: [],
      description: "Names of resources that the rule does not look at.",
    },
  },
};

export function toPolicy(rule: Rule): ResourceValidationPolicy | StackValidationPolicy {
  const { name, summary, why, level } = rule;
  const told = { name, description: `${summary} ${why}`, enforcementLevel: level, configSchema };
  if ("check" in rule)
    return {
      ...told,
      validateResource: (args, report) => {
        if (isExcepted(args, args.getConfig())) return;
        for (const problem of rule.check(resourceOf(args))) report(formatProblem(problem));
      },
    };
  return {
    ...told,
    validateStack: (args, report) => {
      const looked = args.resources.filter((resource) => !isExcepted(resource, args.getConfig()));
      for (const { urn, problem } of rule.checkStack(looked.map(resourceOf)))
        report(formatProblem(problem), urn);
    },
  };
}

function isExcepted({ name }: { name: string }, { except = [] }: Settings): boolean {
  return except.includes(name);
}

function resourceOf(args: ResourceValidationArgs | PolicyResource): Resource {
  const { type, name, urn, opts, provider, props } = args;
  const inputs = plain(props) as Resource["inputs"];
  return { type, name, urn, protect: opts.protect, provider: provider?.urn, inputs };
}

/** A copy of values in which what is not known is `UNKNOWN`: the SDK's proxies throw where one is read. */
export function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const read = (key: string | number): unknown => {
    try {
      return plain((value as Record<string | number, unknown>)[key]);
    } catch (error) {
      if (isUnknownValue(error)) return UNKNOWN;
      throw error;
    }
  };
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => read(index));
  return Object.fromEntries(Object.keys(value).map((key) => [key, read(key)]));
}

/** `UnknownValueError` of the SDK's proxy.ts, which exports it to itself alone. */
function isUnknownValue(error: unknown): boolean {
  return error instanceof Error && "unknownTypeSentinel" in error;
}
