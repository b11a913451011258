import * as tls from "node:tls";
import * as grpc from "@grpc/grpc-js";

/** How a client reaches an istiod, and as whom. */
export interface Connection {
  readonly target: string;
  readonly credentials: grpc.ChannelCredentials;
  readonly options: grpc.ClientOptions;
  readonly metadata: grpc.Metadata;
  /** Name of the intermediate that signed what the istiod at the other end has shown. */
  signer: string;
}

/** istiod's port without TLS, where nobody has to say who he is. */
export const plain = (address: string): Connection => ({
  target: `${address}:15010`,
  credentials: grpc.credentials.createInsecure(),
  options: {},
  metadata: new grpc.Metadata(),
  signer: "",
});

export interface Client {
  readonly address: string;
  /** PEM of the mesh's root. */
  readonly root: string;
  /** Name that the certificate of istiod must be for. */
  readonly serverName: string;
  /** Token of the service account that it runs as. */
  readonly token: string;
  /** What it says its cluster is. */
  readonly clusterId: string;
}

/** The port that proxies use: istiod's certificate is checked, and the client is who its token says. */
export function secure({ address, root, serverName, token, clusterId }: Client): Connection {
  const metadata = new grpc.Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  metadata.set("clusterid", clusterId);
  const verify = (name: string, certificate: tls.PeerCertificate) => {
    connection.signer = String(certificate.issuer.CN);
    return tls.checkServerIdentity(name, certificate);
  };
  const connection: Connection = {
    target: `${address}:15012`,
    credentials: grpc.credentials.createSsl(Buffer.from(root), null, null, {
      checkServerIdentity: verify,
    }),
    options: {
      "grpc.ssl_target_name_override": serverName,
      "grpc.default_authority": serverName,
      // Two clients of one address are two connections: each may be led to another istiod.
      "grpc.use_local_subchannel_pool": 1,
    },
    metadata,
    signer: "",
  };
  return connection;
}

export const open = ({ target, credentials, options }: Connection): grpc.Client =>
  new grpc.Client(target, credentials, options);
