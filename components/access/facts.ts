/** Cross-room facts about who may call which API server. */
import type { AwsProviderPlan, ReaderRights, RemoteAccess, RolePlan } from "../topology";

export interface AccessPlan {
  /** AWS providers that the roles are made with. */
  providers: Record<string, AwsProviderPlan>;
  /** One IAM role per mesh and account: what istiods of that mesh are, to API servers of that account. */
  roles: Record<string, ReaderRolePlan>;
  /** One per watched cluster and mesh, on the watched side. */
  readers: Record<string, ReaderPlan>;
  /** One per watching control plane (mesh and cluster), on the watching side. Absent where nothing is watched. */
  watchers: Record<string, WatcherPlan>;
}

export interface ReaderRolePlan {
  /** Physical name, known early because trust policies of other accounts name it. */
  roleName: string;
  provider: string;
  /** ARN prefix of the account's AWS partition: aws, aws-cn, aws-us-gov. */
  partition: string;
  /** Id of the account; absent: that of the program's own credentials. */
  account?: string;
  mesh: string;
  /** How it is made. */
  iam: RolePlan;
  /** Where istiod runs: the mesh's system namespace in every cluster. */
  namespace: string;
  /** Other accounts' role keys of the mesh that may assume this one (watchers live there). */
  assumedBy: string[];
}

export interface ReaderPlan {
  mesh: string;
  /** The watched cluster. */
  cluster: string;
  /** The mesh's system namespace. */
  namespace: string;
  kind: RemoteAccess;
  /** Key of `roles`, with `eks-identity`. */
  role?: string;
  /** Kubernetes group and RBAC name of the mesh's readers there. */
  groupName: string;
  rights: ReaderRights;
  /** Names of the istiods that serve the cluster, whose roles the readers get with `configure`. */
  istiods: string[];
}

export interface WatcherPlan {
  mesh: string;
  /** The watching cluster. */
  cluster: string;
  namespace: string;
  /** istiod's service accounts there, one per revision. */
  serviceAccounts: string[];
  /** Key of `roles`: what these istiods are. Absent where all it watches is read by service-account token. */
  role?: string;
  watches: WatchPlan[];
}

export interface WatchPlan {
  /** The watched cluster, its Istio cluster id. */
  cluster: string;
  kind: RemoteAccess;
  /** With `configure` it is read by the kubeconfig of istiod's own configuration, and is none of its remote clusters. */
  rights: ReaderRights;
  /** Present with `eks-identity`. */
  eksName?: string;
  region: string;
  /** Key of `roles` to assume first, where the watched cluster is in another account. */
  assume?: string;
}
