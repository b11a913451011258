/** Members on EC2. */

/** A group of EC2 machines with istio-agent, registered through a WorkloadGroup. */
export interface VirtualMachinesDescription {
  /** Mesh that the machines join. */
  mesh: string;
  /** Cluster whose istiod serves them. */
  controlledBy: string;
  /** Network that the machines are on. */
  network: string;
  /** VPC of that network. Required where it has several, refused where it has one. */
  vpc?: string;
  /** Kubernetes namespace of their identity. */
  namespace: string;
  /** Service account of their identity. */
  serviceAccount: string;
  /** Ports of the application by name. */
  ports: Record<string, number>;
  /**
   * EC2 instance type.
   *
   * @default t3.small
   */
  instanceType?: string;
  /** Size of the Auto Scaling group. */
  count?: CountDescription;
  /** Allows machines in an ambient mesh. */
  experimental?: boolean;
}

/** Bounds of a group of machines or nodes. */
export interface CountDescription {
  /** Smallest number. */
  min: number;
  /** Largest number. */
  max: number;
}
