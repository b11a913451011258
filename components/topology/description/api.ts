/** Who reaches API servers. */

/** Who reaches an API server. One of the two. */
export interface ApiDescription {
  /** Public addresses that may call the public endpoint, as CIDRs. AWS allows 40 in all, peers included. */
  allowFrom?: string[];
  /** Where this stands the API server has a private endpoint only, and Pulumi runs inside the network. */
  private?: PrivateApiDescription;
}

/** Who calls a private endpoint on port 443, beside the istiods of the mesh. Somebody must; where Pulumi runs must be among them. */
export interface PrivateApiDescription {
  /**
   * Private addresses, as CIDRs.
   *
   * @default none
   */
  cidrs?: string[];
  /**
   * Security groups, by id: of the cluster's VPC, or of one that is peered with it in the same region. In a cluster's own `api`
   * only.
   *
   * @default none
   */
  securityGroups?: string[];
  /**
   * Managed prefix lists, by id: of the cluster's region, of its account or shared with it. In a cluster's own `api` only. Each
   * counts as all the entries that it may have against the rules of the cluster's security group, which the plan does not know.
   *
   * @default none
   */
  prefixLists?: string[];
}
