import { createHash } from "node:crypto";
import { withUnknowns } from "../base/declared";
import { changesBetween } from "../base/diff";
import type {
  ChangeCall,
  CheckCall,
  Difference,
  Failure,
  Live,
  Provider,
  ResourceCall,
} from "../base/provider";
import { asText } from "../base/values";
import type { Props } from "../base/values";
import { requestCertificate, selfSign, serialNumber, signLocally } from "./certificates";
import { makeKey } from "./keys";

interface TlsType {
  readonly required: readonly string[];
  readonly defaults?: Props;
  readonly secret: readonly string[];
  readonly make: (inputs: Props) => Promise<Live>;
}

const live = (id: string, inputs: Props, outputs: Props): Live => ({
  id,
  outputs: { ...inputs, ...outputs },
});

const digest = (algorithm: string, value: string) =>
  createHash(algorithm).update(value).digest("hex");

const signed =
  (sign: (inputs: Props, serial: string) => Promise<Props>) =>
  async (inputs: Props): Promise<Live> => {
    const serial = serialNumber();
    return live(BigInt(`0x${serial}`).toString(), inputs, await sign(inputs, serial));
  };

async function privateKey(inputs: Props): Promise<Live> {
  const key = makeKey(inputs);
  return live(digest("sha1", key.publicPem), inputs, {
    privateKeyPem: key.privateKeyPem,
    privateKeyPemPkcs8: key.pkcs8,
    publicKeyPem: key.publicPem,
  });
}

async function certRequest(inputs: Props): Promise<Live> {
  const outputs = await requestCertificate(inputs);
  return live(digest("sha1", asText(outputs.certRequestPem)), inputs, outputs);
}

const CERTIFICATE = { earlyRenewalHours: 0, isCaCertificate: false };

const TYPES: Readonly<Record<string, TlsType>> = {
  "tls:index/privateKey:PrivateKey": {
    required: ["algorithm"],
    secret: ["privateKeyPem", "privateKeyPemPkcs8"],
    make: privateKey,
  },
  "tls:index/certRequest:CertRequest": {
    required: ["privateKeyPem"],
    secret: ["privateKeyPem"],
    make: certRequest,
  },
  "tls:index/selfSignedCert:SelfSignedCert": {
    required: ["allowedUses", "privateKeyPem", "validityPeriodHours"],
    defaults: CERTIFICATE,
    secret: ["privateKeyPem"],
    make: signed(selfSign),
  },
  "tls:index/locallySignedCert:LocallySignedCert": {
    required: [
      "allowedUses",
      "caCertPem",
      "caPrivateKeyPem",
      "certRequestPem",
      "validityPeriodHours",
    ],
    defaults: CERTIFICATE,
    secret: ["caPrivateKeyPem"],
    make: signed(signLocally),
  },
};

/** Real keys and certificates; like the real provider it keeps them nowhere but in the state. */
export class TlsProvider implements Provider {
  readonly name = "tls";
  readonly components = {};

  constructor(readonly version: string) {}

  configure(): void {}

  configReplaces(): [] {
    return [];
  }

  check({ type, inputs }: CheckCall): { inputs: Props; failures: Failure[] } {
    const { required, defaults } = typeOf(type);
    const failures = required
      .filter((field) => inputs[field] === undefined)
      .map((property) => ({ property, reason: "Missing required argument" }));
    return { inputs: { ...defaults, ...inputs }, failures };
  }

  /**
   * Whether renewal is due is decided by the clock at every plan, with the new hours: no refresh is needed
   * (terraform-provider-tls, internal/provider/common_cert.go, modifyPlanIfCertificateReadyForRenewal; the bridge takes
   * the plan's replacements, pulumi-terraform-bridge, pf/tfbridge/provider_diff.go).
   */
  diff(call: ChangeCall): Difference {
    const changes = changesBetween(call.oldInputs, call.inputs);
    const replaces = Object.keys(changes).filter((path) => path !== "earlyRenewalHours");
    if (!call.oldOutputs.readyForRenewal && !isDue(call.inputs, call.oldOutputs))
      return { changes, replaces };
    return {
      changes: { ...changes, readyForRenewal: "update" },
      replaces: [...replaces, "readyForRenewal"],
    };
  }

  async create({ type, inputs, preview }: ResourceCall): Promise<Live> {
    if (preview) return { id: "", outputs: withUnknowns(type, inputs) };
    return typeOf(type).make(inputs);
  }

  read({ type, id, oldInputs, oldOutputs }: ChangeCall): Live {
    typeOf(type);
    const due = isDue(oldInputs, oldOutputs) ? { readyForRenewal: true } : {};
    return { id, inputs: oldInputs, outputs: { ...oldOutputs, ...due } };
  }

  update({ type, id, inputs, oldOutputs }: ChangeCall): Live {
    typeOf(type);
    return { id, outputs: { ...oldOutputs, ...inputs } };
  }

  delete({ type }: ChangeCall): void {
    typeOf(type);
  }

  invoke(token: string): Props {
    throw new Error(`tls stand-in: no function ${token}`);
  }

  secrets(type: string): readonly (readonly string[])[] {
    return typeOf(type).secret.map((field) => [field]);
  }
}

/** Keys and requests have no end, and are never due. */
function isDue(inputs: Props, { validityEndTime }: Props): boolean {
  if (validityEndTime === undefined) return false;
  const early = Number(inputs.earlyRenewalHours ?? 0) * 3_600_000;
  return Date.now() >= Date.parse(asText(validityEndTime)) - early;
}

function typeOf(token: string): TlsType {
  const type = TYPES[token];
  if (!type) throw new Error(`tls stand-in: no resource type ${token}`);
  return type;
}
