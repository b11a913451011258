import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { EAST_WEST_GATEWAY } from "../../../components/topology";
import type { Json } from "../machine/kube";
import { until } from "../machine/processes";
import { only, type Check } from "../run/check";
import { failure } from "../run/cli";
import { askInside, doorOf, hostOf, inside, nameOf, namespaces, probePod } from "../run/probe";
import { tree } from "../run/project";
import { Behind, rolloutSeconds } from "../run/rollout";
import type { Session } from "../run/session";
import { busy, underCalls } from "../run/underCalls";
import { requestAs } from "./p3Trust";
import { stateOf } from "./p9Destroy";

const restarted: Check = {
  key: "restarted",
  point: 11,
  title: "no call is lost while every istiod restarts, one after the other",
  skip: only(busy),
  run: (session) =>
    underCalls(session, async () => {
      for (const istiod of session.istiods) await istiod.restart();
    }),
};

/** What the page advises for requests that may be asked again. */
function advised(): Json {
  const page = fs.readFileSync(path.join(tree, "docs/proven.md"), "utf8");
  const [, retries] = /`retries: (\{[^`]*\})`/.exec(page) ?? [];
  assert.ok(retries, "docs/proven.md advises no retries");
  return parse(retries);
}

/** Whether the Envoy of a cluster's probe has routes with these retries to all probes. */
async function hasTaken(session: Session, member: string, { retryOn }: Json): Promise<boolean> {
  const cluster = session.cluster(member);
  const door = doorOf(cluster, await probePod(cluster, inside(member)));
  const routes = await askInside(door, 15000, "/config_dump?resource=dynamic_route_configs");
  const { configs = [] }: Json = JSON.parse(routes);
  const hosts: Json[] = configs.flatMap(({ route_config: one }: Json) => one.virtual_hosts ?? []);
  return session.members.every((to) =>
    hosts.some(({ domains, routes: all }) => {
      const retries = all.map(({ route }: Json) => route?.retry_policy?.retry_on);
      return domains.includes(hostOf(inside(to))) && retries.includes(retryOn);
    }),
  );
}

/** Lets proxies repeat calls to probes, as the page advises. */
async function retrying(session: Session, act: () => Promise<void>): Promise<void> {
  const retries = advised();
  const objects = `/apis/networking.istio.io/v1/namespaces/${namespaces.inside}/virtualservices`;
  const all = session.members.flatMap((member) =>
    session.members.map((to) => ({ kube: session.cluster(member).kube, to })),
  );
  for (const { kube, to } of all) {
    const host = hostOf(inside(to));
    await kube.apply(`${objects}/${nameOf(to)}`, {
      ...{ apiVersion: "networking.istio.io/v1", kind: "VirtualService" },
      metadata: { name: nameOf(to) },
      spec: { hosts: [host], http: [{ route: [{ destination: { host } }], retries }] },
    });
  }
  try {
    for (const member of session.members)
      await until(`${member}: retries`, 30, () => hasTaken(session, member, retries));
    await act();
  } finally {
    for (const { kube, to } of all) await kube.delete(`${objects}/${nameOf(to)}`);
  }
}

/** Gateways hand on what they cannot read: what is under way on a connection that outlives their time to drain is cut. */
const replaced: Check = {
  key: "gateways-replaced",
  point: 11,
  title:
    "no call is lost while every pod of east-west gateways is replaced, where proxies may repeat it",
  skip: only(busy),
  run: (session) =>
    retrying(session, () =>
      underCalls(session, async () => {
        const gateways = session.members.map(
          (name) => new Behind(session, session.cluster(name), EAST_WEST_GATEWAY),
        );
        for (const gateway of gateways) await gateway.restart();
        await Promise.all(gateways.map((gateway) => gateway.followed(rolloutSeconds)));
      }),
    ),
};

/** Serial numbers of the certificates by which the istiods sign now, as a workload sees them above its own. */
async function signers(session: Session): Promise<string[]> {
  const chains = session.istiods.map((istiod) => requestAs(session, istiod, istiod.clusterId));
  return (await Promise.all(chains)).map(([, signer]) => signer.serialNumber);
}

/** A Secret is in a pod's files within seconds here, and istiod reads them again on its own. */
const takenSeconds = 90;

/** As the provider does in a certificate's last half year. */
async function reissue(session: Session): Promise<void> {
  const { cli } = session;
  const before = await signers(session);
  const certificates = (await stateOf(session)).filter(({ urn }) => /-ca-certificate$/.test(urn));
  assert.equal(certificates.length, before.length, "expected an intermediate for each istiod");
  const outcome = await cli.operate("up", ...certificates.flatMap(({ urn }) => ["--replace", urn]));
  assert.equal(outcome.code, 0, `\`up\` ended with ${failure(outcome)}`);
  await until("certificates by new intermediates from every istiod", takenSeconds, async () =>
    (await signers(session)).every((serial) => !before.includes(serial)),
  );
}

const reissued: Check = {
  key: "reissued",
  point: 11,
  title: "no call is lost while intermediates are issued anew, which istiods take as they run",
  skip: only(busy),
  async run(session) {
    const pods = () => Promise.all(session.istiods.map((istiod) => istiod.pod()));
    const uids = async () => (await pods()).map(({ metadata }) => metadata.uid);
    const before = await uids();
    await underCalls(session, () => reissue(session));
    assert.deepEqual(await uids(), before, "expected the istiods to run on");
  },
};

export const streamChecks = [restarted, replaced, reissued] as const satisfies readonly Check[];
