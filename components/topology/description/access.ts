/** Who uses clusters. */

/**
 * People, and what acts for them, by the ARNs of IAM roles or users. A role may have a path and be of any account of the partition.
 * What a cluster says of its own is added to what is said for all.
 *
 * Whoever makes a cluster, the identity that runs Pulumi or the `account` role that it takes, administers it already: EKS makes that
 * entry itself and refuses a second one. Name it only where another identity made the cluster.
 */
export interface AccessDescription {
  /**
   * They may do everything in a cluster (AmazonEKSClusterAdminPolicy).
   *
   * @default none
   */
  admins?: string[];
  /**
   * They may read what runs in a cluster (AmazonEKSViewPolicy) and the objects of Istio and the Gateway API, and no Secret: those hold
   * the keys that sign for the mesh, which AmazonEKSAdminViewPolicy would show.
   *
   * @default none
   */
  viewers?: string[];
}
