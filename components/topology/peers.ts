/** Meshes that are not of a description: what was read of them, or is written there. */
import { mapValues } from "../records";
import { pathOf } from "./path";
import type { FilledDescription } from "./schema";
import type { Federation, Peer, PublishedPeer } from "./topology";

/** Peers with what is known of them. */
export function peersFrom(
  { peers }: FilledDescription["federation"],
  read: Record<string, PublishedPeer>,
): Federation["peers"] {
  return mapValues(peers, ({ output, given }, name): Peer => {
    const published = read[name] ?? given;
    return {
      ...{ name, path: pathOf("federation", "peers", name) },
      ...(output && { output: { ...output, mesh: output.mesh ?? name } }),
      ...(published && { published }),
    };
  });
}

/** Stands offline in place of what another stack puts out: addresses that are reserved for documentation (RFC 5737). */
export function peerPlaceholder(name: string): PublishedPeer {
  const gateway = { addresses: ["192.0.2.1"], network: name, region: "unread" };
  return {
    ...{ version: 1, trustDomain: `${name}.invalid`, cidrs: ["192.0.2.0/24"] },
    // It is one for nobody.
    roots: "-----BEGIN CERTIFICATE-----\nb2ZmbGluZQ==\n-----END CERTIFICATE-----\n",
    gateways: { unread: gateway },
  };
}
