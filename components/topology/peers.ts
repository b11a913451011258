/** Meshes that are not of a description: what was read of them, or is written there. */
import { find, mapValues } from "../records";
import { pathOf } from "./path";
import type { FilledDescription } from "./schema";
import type { Federation, Peer, PublishedPeer } from "./topology";

/** Version of the form in which meshes say what they are. Another one is refused by those who read it. */
export const PUBLISHED_VERSION = 1;

/** Peers with what is known of them. */
export function peersFrom(
  { peers }: FilledDescription["federation"],
  read: Record<string, PublishedPeer>,
): Federation["peers"] {
  return mapValues(peers, ({ output, given }, name): Peer => {
    const found = find(read, name);
    const published = given ?? found;
    return {
      ...{ name, path: pathOf("federation", "peers", name) },
      ...(output && { output: { ...output, mesh: output.mesh ?? name } }),
      ...(published && { published }),
      ...(given && found && { isReadToo: true }),
    };
  });
}

/** Stands offline in place of what another stack puts out: addresses that are reserved for documentation (RFC 5737). */
function placeholder(name: string): PublishedPeer {
  const gateway = { addresses: ["192.0.2.1"], network: name, region: "unread" };
  return {
    ...{ version: PUBLISHED_VERSION, trustDomain: `${name}.invalid`, cidrs: ["192.0.2.0/24"] },
    // It is one for nobody.
    roots: "-----BEGIN CERTIFICATE-----\nb2ZmbGluZQ==\n-----END CERTIFICATE-----\n",
    gateways: { unread: gateway },
  };
}

/** A peer of which nothing can be read offline, as far as it can be planned. */
export function unreadPeer(peer: Peer): Peer {
  return { ...peer, published: placeholder(peer.name), isUnread: true };
}
