/** What is allowed and worth knowing. */
import { DataPlane, NatMode, RemoteAccess } from "../description";
import { below, pathOf } from "../path";
import type { Problem } from "../problem";
import type { Relations } from "../relations";
import { type Rule, Severity } from "../rule";
import type { Topology } from "../topology";
import { when } from "./support";

function checkNat({ vpcs }: Topology): Problem[] {
  return Object.values(vpcs).flatMap(({ path, settings: { nat }, existing }) =>
    when(nat === NatMode.Single && !existing, {
      path: below(path, "nat"),
      got: nat,
      allowed: "single, or per-zone",
      fix: "with one NAT gateway the loss of its zone ends outbound traffic of all; nat: per-zone costs about USD 33 a month and zone",
    }),
  );
}

function checkTokens(_: Topology, { meshes }: Relations): Problem[] {
  return meshes
    .flatMap(({ members }) => members)
    .filter(({ watchedBy }) => watchedBy.length > 0)
    .flatMap(({ at: { cluster } }) =>
      when(cluster.remoteAccess === RemoteAccess.ServiceAccountToken, {
        path: pathOf("clusters", cluster.name, "remoteAccess"),
        got: cluster.remoteAccess,
        allowed: "service-account-token, or eks-identity on EKS",
        fix: "this token never expires: rotate it yourself, or use eks-identity, whose tokens live 15 minutes",
      }),
    );
}

function checkProtect({ protect }: Topology): Problem[] {
  return when(!protect, {
    path: "protect",
    got: "false",
    allowed: "true, or false",
    fix: "`pulumi destroy` removes roots of trust and VPCs with the rest; set protect: true for what must last",
  });
}

function checkExperimental({ meshes }: Topology): Problem[] {
  return Object.values(meshes).flatMap(({ name, experimental }) =>
    when(experimental, {
      path: pathOf("meshes", name, "experimental"),
      got: "true",
      allowed: "false, or true",
      fix: "Istio does not support what it calls experimental; keep it out of production",
    }),
  );
}

function checkAmbientBeta(_: Topology, { meshes }: Relations): Problem[] {
  return meshes.flatMap(({ mesh, networks }) =>
    when(mesh.dataPlane === DataPlane.Ambient && networks.length > 1, {
      path: pathOf("meshes", mesh.name, "dataPlane"),
      got: mesh.dataPlane,
      allowed: "sidecar, or ambient",
      fix: "ambient over several networks is beta in Istio: label global services istio.io/global=true and give them the same waypoints everywhere",
    }),
  );
}

function checkSingleServer(_: Topology, { meshes }: Relations): Problem[] {
  return meshes.flatMap(({ mesh: { name }, members, controlPlanes: [first, ...others] }) => {
    const remotes = members.filter(({ controlPlane }) => !controlPlane);
    return when(others.length === 0 && remotes.length > 0, {
      path: pathOf("meshes", name, "controlPlane", "runsIn"),
      got: `istiod in ${first?.at.cluster.name} only, which serves ${remotes.map(({ at }) => at.cluster.name).join(", ")}`,
      allowed: "one cluster, or several",
      fix: "while that cluster is out, no pod of the mesh starts in the others and running ones learn nothing new; name a second cluster here, which their relays then move over to",
    });
  });
}

function checkIdleClusters(_: Topology, { clusters }: Relations): Problem[] {
  return clusters.flatMap(({ cluster: { name }, members, controlPlanes }) =>
    when(members.length === 0 && controlPlanes.length === 0, {
      path: pathOf("clusters", name),
      got: "a cluster in no mesh",
      allowed: "a member or control plane of a mesh",
      fix: "add it to a mesh, or remove it: an EKS control plane costs about USD 73 a month",
    }),
  );
}

const severity = Severity.Warning;

export const warningRules: Rule[] = [
  {
    id: "single-nat",
    summary: "A VPC with one NAT gateway loses the way out with one zone.",
    why: "A NAT gateway stands in one zone (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html).",
    severity,
    check: checkNat,
  },
  {
    id: "token-never-expires",
    summary: "A service-account token in a remote Secret does not expire.",
    why: "It is a Secret of type kubernetes.io/service-account-token (https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets).",
    severity,
    check: checkTokens,
  },
  {
    id: "unprotected",
    summary: "Without protection, destroy removes roots and VPCs.",
    why: "A lost root means new certificates for every workload at once.",
    severity,
    check: checkProtect,
  },
  {
    id: "experimental",
    summary: "A mesh allows experimental arrangements.",
    why: "https://istio.io/latest/docs/releases/feature-stages/",
    severity,
    check: checkExperimental,
  },
  {
    id: "ambient-multi-network",
    summary: "Ambient over several networks is beta.",
    why: "https://istio.io/latest/docs/ambient/install/multicluster/multi-primary_multi-network/",
    severity,
    check: checkAmbientBeta,
  },
  {
    id: "single-server",
    summary: "Clusters without an istiod of their own depend on one other cluster.",
    why: "Their injection webhook fails closed, and configuration and certificates come from there (https://istio.io/latest/docs/ops/deployment/deployment-models/#control-plane-models).",
    severity,
    check: checkSingleServer,
  },
  {
    id: "idle-cluster",
    summary: "A cluster is in no mesh.",
    why: "Nothing of Istio is installed there.",
    severity,
    check: checkIdleClusters,
  },
];
