/** Who reaches API servers. */

/** Who reaches an API server. One of the two. */
export interface ApiDescription {
  /** Public addresses that may call the public endpoint, as CIDRs. AWS allows 40 in all, peers included. */
  allowFrom?: string[];
  /** Where this stands the API server has a private endpoint only, and Pulumi runs inside the network. */
  private?: PrivateApiDescription;
}

/** Who calls a private endpoint, beside the istiods of the mesh. */
export interface PrivateApiDescription {
  /** Private addresses that may call it on port 443, as CIDRs; those that Pulumi runs at must be among them. */
  cidrs: string[];
}
