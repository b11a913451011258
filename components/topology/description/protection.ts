/** Keys that encrypt, and what keeps load balancers. */

/** Keys of your own. */
export interface EncryptionDescription {
  /**
   * ARN of a symmetric KMS key by AWS region. It encrypts, in clusters made there, Kubernetes secrets, logs of the control plane
   * and disks of nodes, and flow logs of VPCs made there. A cluster's secrets keep the key that they were made with: EKS lets none change.
   *
   * The key's policy must let these use it: `logs.<region>.amazonaws.com`
   * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html); with managed nodes
   * `AWSServiceRoleForAutoScaling` (https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html);
   * with Auto Mode the account's IAM policies, since the cluster's role gets its rights by one.
   *
   * @default a key of each cluster's own for its secrets; AWS's keys for the rest
   */
  keys?: Record<string, string>;
}

/**
 * Load balancers made here and by the controllers of clusters made here.
 *
 * They write no access logs: AWS keeps them for TLS listeners only
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html), and here TLS ends in Envoy,
 * which has its own. `flowLogs` of a VPC has the connections.
 */
export interface LoadBalancersDescription {
  /**
   * Lets nobody delete a load balancer. AWS then refuses also what replaces or removes one: say false and `up` first, before a
   * gateway, an istiod or a cluster goes, and before `destroy`.
   *
   * @default false
   */
  deletionProtection?: boolean;
}
