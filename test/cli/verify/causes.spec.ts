import assert from "node:assert/strict";
import { causeOf } from "../../../cli/verify/probes/causes";
import type { Differing, Evidence } from "../../../cli/verify/probes/causes";
import { Level } from "../../../cli/verify/standing/finding";
import type { About, Finding } from "../../../cli/verify/standing/finding";
import { patterns } from "../../support/topologies";
import { made } from "../../mesh/reach/support";

const { reach } = made(patterns["02-multi-primary-different-networks"]);
const place = (key: string) => reach.places.find((one) => one.key === key)!;
const nothing: Evidence = { known: [], policies: [], modes: [], isolations: [] };

function differing(from: string, to: string, more: Partial<Differing> = {}): Differing {
  const cell = reach.cells.find((one) => one.from === from && one.to === to)!;
  return {
    ...{ cell, from: place(from), to: place(to), servers: ["east"] },
    answer: { kind: "refused", detail: "503" },
    ...more,
  };
}

const wrong = (cluster: string, about: About, says: string): Finding => ({
  ...{ cluster, what: about.kind, about, level: Level.Wrong, says },
});

const gateway = wrong("west", { kind: "gateway", of: "prod/west/east-west" }, "has no ready pod");
const network = wrong("west", { kind: "network", of: "prod" }, "label net-east");
const watch = wrong("east", { kind: "watch", of: "west" }, "does not see west: timeout");
const certificate = wrong("west", { kind: "certificate", of: "prod" }, "ended");
const roots = wrong("west", { kind: "roots", of: "prod" }, "istiod of west has aa");

describe("the likely cause", () => {
  const across = differing("prod/east", "prod/west");

  it("is what stands wrong on the way: what is seen, networks, gateways, certificates, roots", () => {
    const all = [roots, certificate, gateway, network, watch];
    const order = ["watch", "network", "gateway", "certificate", "roots"];
    for (let left = [...all]; left.length > 0; left = left.slice(0, -1)) {
      const cause = causeOf(across, left, nothing);
      const { about, cluster, says } = left.at(-1)!;
      assert.equal(cause, `${about!.kind} in ${cluster}: ${says}`);
      assert.equal(about!.kind, order[all.length - left.length]);
    }
  });

  it("is nothing that stands elsewhere, or is as planned", () => {
    const elsewhere = [
      wrong("west", { kind: "watch", of: "east" }, "x"),
      wrong("east", { kind: "gateway", of: "prod/east/east-west" }, "x"),
      wrong("west", { kind: "network", of: "other" }, "x"),
      wrong("north", { kind: "certificate", of: "prod" }, "x"),
      { ...gateway, level: Level.Right },
      { cluster: "west", what: "proxies", level: Level.Wrong, says: "x" },
    ];
    const cause = causeOf(across, elsewhere, nothing);
    assert.match(
      cause!,
      /^nothing that stands is wrong; it needs routes net-east ⇄ net-west; rule /,
    );
  });

  it("is an expired intermediate or a root of its own where the server sees somebody else", () => {
    const answer = { kind: "answered", identity: "spiffe://x/ns/a/sa/b" } as const;
    const seen = differing("prod/east", "prod/west", { answer });
    assert.equal(causeOf(seen, [roots], nothing), "roots in west: istiod of west has aa");
    assert.equal(causeOf(seen, [], nothing), "the server sees somebody else than the caller");
  });

  it("is an endpoint that an istiod of the caller does not know", () => {
    const named = differing("prod/east", "prod/west", { host: "to-west.x" });
    const known = (clusters: string[]) => ({
      ...nothing,
      known: [{ mesh: "prod", cluster: "east", clusters: { "to-west.x": clusters } }],
    });
    const text = "istiod of east knows no endpoint of to-west.x in west";
    assert.equal(causeOf(named, [], known(["east"])), text);
    assert.match(causeOf(named, [], known(["west"]))!, /^nothing that stands is wrong/);
    const other = { ...nothing, known: [{ mesh: "prod", cluster: "west", clusters: {} }] };
    assert.match(causeOf(named, [], other)!, /^nothing that stands is wrong/);
  });

  it("is a policy that denies, or may", () => {
    const policies = ["ALLOW", "DENY"].map((action) => ({
      ...{ mesh: "prod", cluster: "west", name: `istio-system/${action.toLowerCase()}`, action },
    }));
    const rbac = { kind: "refused", detail: "RBAC: access denied" } as const;
    const denied = differing("prod/east", "prod/west", { answer: rbac });
    const cause = (all: Evidence["policies"], of = denied) =>
      causeOf(of, [], { ...nothing, policies: all });
    assert.equal(cause(policies), "a policy denies it: istio-system/deny in west");
    assert.equal(cause(policies.slice(0, 1)), "a policy denies it: istio-system/allow in west");
    assert.equal(cause([]), "a policy denies it: none of the whole mesh");
    assert.equal(cause(policies, across), "a policy may deny it: istio-system/deny in west");
  });

  it("is a NetworkPolicy that isolates who calls, who is called or a gateway, where nothing comes back", () => {
    const answer = { kind: "refused", detail: "context deadline exceeded" } as const;
    const silent = differing("prod/east", "prod/west", { answer });
    const cause = (of: string, way: "ingress" | "egress", one = silent) =>
      causeOf(one, [], {
        ...nothing,
        isolations: [
          ...[{ of, cluster: "west", name: "a/deny", ingress: false, egress: false, [way]: true }],
        ],
      });
    const says = (of: string) => `NetworkPolicy a/deny in west isolates ${of}`;
    assert.equal(cause("prod/west", "ingress"), says("prod/west"));
    assert.equal(cause("prod/east", "egress"), says("prod/east"));
    assert.equal(cause("prod/west/east-west", "ingress"), says("prod/west/east-west"));
    assert.equal(cause("prod/west/east-west", "egress"), says("prod/west/east-west"));
    for (const [of, way] of [["prod/west", "egress"] as const, ["prod/east", "ingress"] as const])
      assert.match(cause(of, way)!, /^no packet comes back; it needs routes/);
    assert.match(cause("prod/west", "ingress", across)!, /^nothing that stands is wrong/);
  });

  it("is nothing to be said within a cluster where all stands, nor of what nobody asked", () => {
    assert.equal(causeOf(differing("prod/east", "prod/east"), [], nothing), undefined);
    const answer = { kind: "unasked", why: "x" } as const;
    assert.equal(
      causeOf(differing("prod/east", "prod/west", { answer }), [gateway], nothing),
      undefined,
    );
  });

  it("is what lets in what is to be refused", () => {
    const answer = { kind: "answered" } as const;
    const plain = differing("east", "prod/east", { answer });
    const modes = (...all: [cluster: string, mode?: string][]) => ({
      ...nothing,
      modes: all.map(([cluster, mode]) => ({ mesh: "prod", cluster, mode })),
    });
    const lax = "the PeerAuthentication of mesh prod in east says PERMISSIVE";
    assert.equal(causeOf(plain, [], modes(["east", "PERMISSIVE"])), lax);
    assert.equal(causeOf(plain, [], modes(["west"], ["east", "PERMISSIVE"])), lax);
    assert.equal(causeOf(plain, [], modes(["east", "STRICT"])), undefined);
    const none = "no PeerAuthentication in east makes mutual TLS strict in mesh prod";
    assert.equal(causeOf(plain, [], modes(["west", "STRICT"], ["east"])), none);
    const far = "no PeerAuthentication in west makes mutual TLS strict in mesh prod";
    assert.equal(causeOf(plain, [], modes(["east", "STRICT"], ["west"])), far);
    assert.equal(causeOf(plain, [], nothing), undefined);
    const open = "a route or a rule that is not planned lets it in";
    assert.equal(causeOf(differing("east", "west", { answer }), [], nothing), open);
    const unwatched = differing("east", "west", { answer });
    const way = { kind: "none", why: "unwatched" } as const;
    assert.equal(
      causeOf({ ...unwatched, cell: { ...unwatched.cell, way } }, [], nothing),
      undefined,
    );
  });
});
