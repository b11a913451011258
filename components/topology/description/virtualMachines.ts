/** Members on EC2. */
import type { Architecture, Capacity, CountDescription } from "./clusters";

/** Whether pods and other machines may call a group of machines, or it only calls others. */
export const Inbound = {
  /** Clients in every cluster of the mesh come to the machines' own addresses. */
  Routed: "routed",
  /** Nobody calls the machines. */
  None: "none",
} as const;
export type Inbound = (typeof Inbound)[keyof typeof Inbound];

/** Who on a machine may ask for instance metadata, and so for credentials of the machine's role. */
export const MetadataAccess = {
  /** Root and Istio's agent. */
  Agent: "agent",
  /** Every process, for an application that uses the role. */
  Shared: "shared",
} as const;
export type MetadataAccess = (typeof MetadataAccess)[keyof typeof MetadataAccess];

/** Where Istio's agent comes from. */
export const AgentSource = {
  /** The package `istio-sidecar` is installed when a machine first boots. */
  Package: "package",
  /** The image has it already. */
  Image: "image",
} as const;
export type AgentSource = (typeof AgentSource)[keyof typeof AgentSource];

/**
 * A group of EC2 machines that run Istio's agent and join a mesh by themselves: they get a token with their IAM role, and
 * istiod registers each by a WorkloadGroup. About USD 15 a month for a `t3.small`.
 *
 * What they call by the name of a Service goes by mutual TLS, and so does what calls their ports; plain text from outside is
 * dropped, also while the agent is not running. While the istiod of `controlledBy` is down, machines go on with what they know and
 * none joins.
 */
export interface VirtualMachinesDescription {
  /**
   * Mesh that the machines join: one of sidecars, or with `experimental` an ambient one of one cluster, where they are called by
   * HBONE on port 15008 alone. There ztunnels hear nothing of their health: calls are lost as machines come and go.
   */
  mesh: string;
  /**
   * Cluster whose istiod serves them and whose API server makes their tokens: one that runs the mesh's istiod, or with an external
   * istiod the cluster that holds its configuration. No other istiod reads their WorkloadGroup.
   */
  controlledBy: string;
  /** Network that the machines are on: that of `controlledBy`. */
  network: string;
  /** VPC of that network. Required where it has several, refused where it has one. */
  vpc?: string;
  /**
   * Kubernetes namespace of their identity. It is made in every member of the mesh, with a Service of the group's name; groups
   * of a mesh may share it.
   */
  namespace: string;
  /** Service account of their identity, made here: no two groups of a cluster have one in common. */
  serviceAccount: string;
  /**
   * Ports of the application, TCP, by name. What a port speaks is told by its name, as `http`, `grpc-api` or `tcp`
   * (https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/).
   */
  ports: Record<string, number>;
  /**
   * Whether others call the machines.
   *
   * @default routed
   */
  inbound?: Inbound;
  /**
   * EC2 instance type.
   *
   * @default t3.small, or t4g.small with arm64
   */
  instanceType?: string;
  /**
   * Processors of the instance type and of the image.
   *
   * @default what the instance type has
   */
  architecture?: Architecture;
  /**
   * What machines boot: `amazon-linux-2023`, `ubuntu-24.04`, the id of an AMI, or the name of an SSM parameter that holds one, which
   * begins with a slash. It must have systemd, cloud-init, Python 3, iptables (or dnf, which brings it), and apt or dnf. What a parameter leads to is looked up when a
   * machine starts, so that a new release replaces nothing by itself.
   *
   * @default amazon-linux-2023
   */
  image?: string;
  /**
   * How the instances are bought.
   *
   * @default on-demand
   */
  capacity?: Capacity;
  /** Size of the Auto Scaling group. */
  count?: CountDescription;
  /**
   * Days after which a machine is replaced by one with the image of then, so that it is patched.
   *
   * @default 30
   */
  lifetimeDays?: number;
  /**
   * What brings the application: user data as cloud-init takes it, a script that begins with `#!` or `#cloud-config`. It runs once,
   * after what joins the mesh. A systemd unit with `PartOf=istio.service` and `After=istio.service` stops before the agent does.
   *
   * @default nothing: the image has the application
   */
  userData?: string;
  /** Tells whether the application is well. */
  probe?: MachineProbeDescription;
  /**
   * ARNs of managed IAM policies for the machines' role, at most nine: what the application may do.
   *
   * @default none
   */
  policyArns?: string[];
  /**
   * Revision that serves the machines.
   *
   * @default what `controlledBy` picks
   */
  revision?: string;
  /**
   * Who on a machine may ask for instance metadata.
   *
   * @default agent
   */
  metadata?: MetadataAccess;
  /**
   * Lets AWS Systems Manager in, for shells without SSH (https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html).
   *
   * @default true
   */
  ssm?: boolean;
  /** Where Istio's agent comes from. */
  agentPackage?: AgentPackageDescription;
}

/** A command that tells whether the application is well: it ends with 0 then. */
export interface MachineProbeDescription {
  /**
   * The program and its arguments, without a shell. It runs as `istio-proxy`, whose connections are not redirected.
   *
   * @default every port of `ports` takes connections on 127.0.0.1
   */
  command?: string[];
  /**
   * Seconds between two runs, at most 60, and the most that one may take. Two that fail take the machine out of service.
   *
   * @default 5
   */
  periodSeconds?: number;
}

/** Where Istio's agent comes from. */
export interface AgentPackageDescription {
  /**
   * Installed at boot, or in the image.
   *
   * @default package
   */
  source?: AgentSource;
  /**
   * HTTP or HTTPS address of a folder that holds `istio-sidecar.deb` and `.rpm`, and `-arm64` before the dot for Graviton.
   *
   * @default Istio's own, of the version that serves the machines
   */
  location?: string;
  /**
   * SHA-256 of the package, 64 hexadecimal digits.
   *
   * @default what the file of the same name with `.sha256` says, beside it
   */
  sha256?: string;
}
