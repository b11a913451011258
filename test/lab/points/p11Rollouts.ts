import * as assert from "node:assert/strict";
import { EAST_WEST_PORT, ISTIOD_PORTS } from "../../../components/istio/ports";
import { EAST_WEST_GATEWAY } from "../../../components/topology";
import type { Json } from "../machine/kube";
import { registrars } from "../machine/registrars";
import { call, identityOf } from "../run/cells";
import { only, type Check } from "../run/check";
import { disorders } from "../run/order";
import { namespaces, nameOf, probePort, type Place } from "../run/probe";
import { discoveryName } from "../run/proxy";
import { behindIstiod } from "../run/relay";
import { Behind, keepAsking, rolloutSeconds, shakeHands } from "../run/rollout";
import type { Session } from "../run/session";
import { balancerOf } from "./p4Endpoints";
import { admit } from "./p7Failover";

/** A pattern with an istiod behind a load balancer, relays and gateways. */
const pattern = "02-primary-remote-different-networks";

/** Requests that go through all that is rolled, over new connections and over those that proxies keep. */
async function requests(session: Session) {
  const [primary] = session.mesh.runsIn;
  const [remote] = session.remotes;
  const to: Place = { cluster: primary, where: "inside" };
  const from: Place = { cluster: remote, where: "inside" };
  const { subnetMappings } = await balancerOf(session, primary);
  const addresses: string[] = subnetMappings.map((one: Json) => one.privateIpv4Address);
  const service = `${nameOf(primary)}.${namespaces.inside}.svc.cluster.local`;
  return {
    "from pod to pod": async () => {
      const { outcome, note } = await call(session, { from, to });
      const answered = outcome !== "refused" && outcome.answeredTo === identityOf(session, from);
      if (!answered) throw new Error(note);
    },
    "to the gateway": async () => {
      const servername = `outbound_.${probePort}_._.${service}`;
      const options = { port: EAST_WEST_PORT.sidecar, servername, ALPNProtocols: ["istio"] };
      for (const host of addresses) await shakeHands({ host, ...options });
    },
    "for a webhook": () => admit(session, remote),
    "for xDS": async () => {
      const [relay] = await behindIstiod(session, remote);
      const options = { port: ISTIOD_PORTS.xds, servername: discoveryName(session) };
      await shakeHands({ host: relay.status.podIP, ...options, ALPNProtocols: ["h2"] });
    },
  };
}

/**
 * Share of some requests that may fail. Relays try six targets: where half of them have gone, one connection in 64 finds none
 * (`max_connect_attempts` of `relayConfig`). Twice as many are chance.
 */
const borne: Readonly<Record<string, number>> = { "for a webhook": 1 / 32, "for xDS": 1 / 32 };

/** What became of all kinds of requests while something was done: failures of those of which too many failed. */
async function failuresWhile(session: Session, act: () => Promise<void>) {
  const asked = Object.entries(await requests(session)).map(
    ([kind, ask]) => [kind, keepAsking(ask)] as const,
  );
  await act();
  const tallies = asked.map(async ([kind, stop]) => {
    const { count, failures } = await stop();
    assert.ok(count > 10, `expected requests ${kind} to go on; there were ${count}`);
    const isBorne = failures.length <= count * (borne[kind] ?? 0);
    return isBorne ? [] : failures.map((failure) => `${kind}: ${failure}`);
  });
  return (await Promise.all(tallies)).flat();
}

/** What is behind load balancers in the primary, and its relays in the remote. */
function parts(session: Session) {
  const [primary] = session.mesh.runsIn;
  const [remote] = session.remotes;
  return {
    gateway: new Behind(session, session.cluster(primary), EAST_WEST_GATEWAY),
    istiod: new Behind(session, session.cluster(primary), "istiod"),
    relay: new Behind(session, session.cluster(remote), "istiod-relay"),
  };
}

/** A gateway as its chart has it: without a hook, and with five seconds for Envoy to drain. */
const bare = {
  metadata: { annotations: { "proxy.istio.io/config": null } },
  spec: { containers: [{ name: "istio-proxy", lifecycle: null }] },
};

async function inTurn(...all: readonly Behind[]): Promise<void> {
  for (const one of all) {
    await one.restart();
    await one.followed(rolloutSeconds);
  }
}

const rolled: Check = {
  key: "rolled",
  point: 11,
  title:
    "gateways, istiods and relays are rolled: none goes before load balancers have others or while they send to it, and requests are answered",
  skip: only(pattern),
  async run(session) {
    const { gateway, istiod, relay } = parts(session);
    const failures = await failuresWhile(session, async () => {
      // Those that go are as they were made; those that come end as the next check wants it.
      await gateway.restart(bare);
      await Promise.all([gateway.followed(rolloutSeconds), inTurn(istiod, relay)]);
    });
    // istiod's chart knows no hook: relays bear that a load balancer sends to one that has gone.
    const found = [...disorders(gateway.moments, true), ...disorders(istiod.moments, false)];
    assert.deepEqual([...found, ...failures], [], "expected order, and answers");
  },
};

/** Namespaces say by a label that pods get gates. */
async function gatesAre(session: Session, on: boolean): Promise<void> {
  const [primary] = session.mesh.runsIn;
  const { kube } = session.cluster(primary);
  const labels = { [registrars.autoBindings.label]: on ? "enabled" : null };
  await kube.patch(`/api/v1/namespaces/${session.namespace}`, { metadata: { labels } });
}

const rolledBare: Check = {
  key: "rolled-bare",
  point: 11,
  title: "the same look finds a gateway without gates, hook and time to drain",
  skip: only(pattern),
  async run(session) {
    const { gateway } = parts(session);
    const { kube } = gateway.cluster;
    const { spec } = await kube.get(gateway.deployment);
    const [{ lifecycle }] = spec.template.spec.containers;
    assert.equal(lifecycle, undefined, "expected the check before to leave no hook");
    await gatesAre(session, false);
    const failures = await failuresWhile(session, async () => {
      await gateway.restart();
      await gateway.followed(rolloutSeconds);
    });
    await gatesAre(session, true);
    const found = disorders(gateway.moments, true).join("\n");
    for (const kind of [/was Ready before/, /no target of/, /took no connection/]) {
      assert.match(found, kind);
    }
    assert.ok(
      failures.some((one) => one.startsWith("to the gateway")),
      "expected lost requests",
    );
  },
};

export const rolloutChecks = [rolled, rolledBare] as const satisfies readonly Check[];
