import type {
  ApiDescription,
  ClusterDescription,
  LinksDescription,
  NetworkDescription,
  TopologyDescription,
  TrustDescription,
} from "../../../components/topology";
import { GatewayApi, LinkVia, NodeKind } from "../../../components/topology";
import { holdsRunner, RUNNER } from "../machine/vpc/ways";

/** What a description asks for and the lab has not, by the path that asks for it; false where it does not ask. */
type Asked = Record<string, string | false>;

const within = <T>(
  path: string,
  all: Record<string, T> | undefined,
  asked: (one: T) => Asked,
): Asked =>
  Object.fromEntries(
    Object.entries(all ?? {}).flatMap(([name, one]) =>
      Object.entries(asked(one)).map(([field, what]) => [`${path}.${name}.${field}`, what]),
    ),
  );

const ofNetwork = ({ existing, vpcs }: NetworkDescription): Asked => ({
  existing: existing !== undefined && "VPCs that are there before",
  ...within("vpcs", vpcs, (vpc) => ofNetwork({ existing: vpc.existing })),
});

/** Pulumi runs at one address here, outside every VPC. */
const ofApi = (api?: ApiDescription): Asked => ({
  "api.private": api?.private !== undefined && !letsIn(api.private) && HIDDEN,
});

const HIDDEN = `way to private API servers but from ${RUNNER}`;

const letsIn = ({ cidrs = [] }: NonNullable<ApiDescription["private"]>): boolean =>
  cidrs.some(holdsRunner);

const ofCluster = ({ existing, nodes, gatewayApi, api }: ClusterDescription): Asked => ({
  ...ofApi(api),
  existing: existing !== undefined && "clusters that are there before",
  nodes: nodes?.kind === NodeKind.Managed && "managed nodes",
  gatewayApi: gatewayApi === GatewayApi.Present && "definitions that are there before",
});

const ofTrust = (trust?: TrustDescription): Asked =>
  within("trust.roots", trust?.roots, ({ secret }) => ({
    secret: secret !== undefined && "passphrase of the stack's secrets",
  }));

const ofLinks = ({ via, transitGateways }: LinksDescription): Asked => ({
  "links.via": via === LinkVia.Existing && "routes of others",
  "links.transitGateways": transitGateways !== undefined && "gateways that are there before",
});

/** What the lab has not, a line for each part of a description that asks for it. */
export function beyondLab(description: TopologyDescription): string[] {
  const { networks, clusters, meshes, links = {}, trust, api } = description;
  const asked: Asked = {
    ...ofApi(api),
    ...within("networks", networks, ofNetwork),
    ...within("clusters", clusters, ofCluster),
    ...ofLinks(links),
    ...ofTrust(trust),
    ...within("meshes", meshes, (mesh) => ofTrust(mesh.trust)),
  };
  return Object.entries(asked).flatMap(([path, what]) => (what ? `${what} (${path})` : []));
}
