/** What ambient meshes exchange, by gateways that open and make mutual TLS, and who servers see. */
import * as fs from "node:fs";
import { FEDERATION_NAMESPACE } from "../../../components/topology";
import { EXIT } from "../../../components/federation/ambientObjects";
import { RELEASE } from "../../../components/federation/gatewayValues";
import { until } from "../machine/processes";
import { demandRefusal, podOf, readyPod, seen, type Caller } from "../run/applications";
import type { Check } from "../run/check";
import { removeNamespace } from "../run/workload";
import { deploy, endsOf, hostOf, offered, secret, type Ends } from "./p11Exchange";

const ambient = { "istio.io/dataplane-mode": "ambient" };

/** Until waiting for gateways' pods is worth no more. */
const settleSeconds = 120;

async function demandBody(caller: Caller, host: string): Promise<void> {
  let last = "";
  await until(`${caller.namespace} answered by ${host}`, settleSeconds, async () => {
    last = await seen(caller, host);
    return last.startsWith("{");
  }).catch((error: Error) => {
    throw new Error(`${error.message}; last: ${last}`);
  });
}

/** What the ztunnel of a pod says of those whom it lets in. */
async function demandLogged({ exporter }: Ends, identity: string): Promise<void> {
  const { metadata } = await podOf(exporter, offered.namespace, offered.name);
  const { log } = exporter.kubelet.processes.get(metadata.uid)!.services.get("ztunnel")!;
  await until(`${identity} in the log of the exported pod`, 10, async () =>
    fs
      .readFileSync(log, "utf8")
      .split("\n")
      .some(
        (line) =>
          line.includes('direction="inbound"') && line.includes(`src.identity="${identity}"`),
      ),
  );
}

const called: Check = {
  key: "ambient-federated",
  whole: true,
  point: 11,
  title: "an ambient mesh calls what another exports, which sees the gateway, and nothing else",
  async run(session) {
    const ends = endsOf(session, { exporting: "bank", importing: "shop" });
    const { exporter, importer, frontend, backend } = ends;
    const { namespace, name } = offered;
    const there = [name, secret].map((one) => ({ cluster: exporter, namespace, name: one }));
    for (const one of [...there, frontend, backend])
      await deploy(one.cluster, one.namespace, one.name, ambient);
    for (const one of there) await podOf(one.cluster, one.namespace, one.name);
    const label = `gateway.networking.k8s.io/gateway-name=${EXIT}`;
    await readyPod(importer, FEDERATION_NAMESPACE, label);
    const refusal = /no such host|lookup|deadline exceeded|timeout|refused|reset|EOF/;
    await demandBody(frontend, hostOf(name));
    await demandLogged(ends, `spiffe://bank.example/ns/${FEDERATION_NAMESPACE}/sa/${RELEASE}`);
    await demandRefusal(backend, hostOf(name), refusal);
    await demandRefusal(frontend, hostOf(secret), refusal);
    const { status } = await podOf(exporter, namespace, name);
    await demandRefusal(frontend, status.podIP as string, refusal);
    for (const one of [frontend, backend]) await removeNamespace(importer, one.namespace);
    await removeNamespace(exporter, namespace);
  },
};

export const ambientFederationChecks = [called] as const satisfies readonly Check[];
