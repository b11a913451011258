/** What is allowed and worth knowing. */
import { DataPlane, NatMode, RemoteAccess } from "../description";
import { below, pathOf } from "../path";
import { type Problem, written } from "../problem";
import { type Rule, Severity } from "../rule";
import type { Mesh, Topology } from "../topology";
import { when } from "./support";

function checkNat({ vpcs }: Topology): Problem[] {
  return Object.values(vpcs).flatMap(({ path, nat, existing }) =>
    when(nat === NatMode.Single && !existing, {
      path: below(path, "nat"),
      got: nat,
      allowed: "single, or per-zone",
      fix: "with one NAT gateway the loss of its zone ends outbound traffic of all; nat: per-zone costs about USD 33 a month and zone",
    }),
  );
}

function checkTokens({ meshes, clusters }: Topology): Problem[] {
  const watched = Object.values(meshes).flatMap(({ members, runsIn }) =>
    Object.keys(members).filter((name) => runsIn.some((watcher) => watcher !== name)),
  );
  return watched.flatMap((name) =>
    when(clusters[name].remoteAccess === RemoteAccess.ServiceAccountToken, {
      path: pathOf("clusters", name, "remoteAccess"),
      got: clusters[name].remoteAccess,
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

function checkAmbientBeta({ meshes, clusters }: Topology): Problem[] {
  const spans = ({ members }: Mesh) =>
    new Set(Object.keys(members).map((name) => clusters[name].network)).size > 1;
  return Object.values(meshes).flatMap((mesh) =>
    when(mesh.dataPlane === DataPlane.Ambient && spans(mesh), {
      path: pathOf("meshes", mesh.name, "dataPlane"),
      got: mesh.dataPlane,
      allowed: "sidecar, or ambient",
      fix: "ambient over several networks is beta in Istio: label global services istio.io/global=true and give them the same waypoints everywhere",
    }),
  );
}

function checkSharedIdentity({ meshes }: Topology): Problem[] {
  const shared = Object.values(meshes).filter((mesh) => !mesh.trust);
  return shared.flatMap((mesh, index) => {
    const other = shared
      .slice(0, index)
      .find(({ trustDomain }) => trustDomain === mesh.trustDomain);
    return other
      ? [
          {
            path: pathOf("meshes", mesh.name, "trustDomain"),
            got: written(mesh.trustDomain),
            allowed: "a trust domain or a root of its own",
            fix: `workloads of meshes ${other.name} and ${mesh.name} can pass for each other: give one a trustDomain, or a trust of its own`,
          },
        ]
      : [];
  });
}

function checkSingleServer({ meshes }: Topology): Problem[] {
  return Object.values(meshes).flatMap(({ name, members, runsIn }) => {
    const remotes = Object.keys(members).filter((member) => !runsIn.includes(member));
    return when(runsIn.length === 1 && remotes.length > 0, {
      path: pathOf("meshes", name, "controlPlane", "runsIn"),
      got: `istiod in ${runsIn[0]} only, which serves ${remotes.join(", ")}`,
      allowed: "one cluster, or several",
      fix: "while that cluster is out, no pod of the mesh starts in the others and running ones learn nothing new; name a second cluster here, which their relays then move over to",
    });
  });
}

function checkIdleClusters({ clusters, meshes }: Topology): Problem[] {
  const used = Object.values(meshes).flatMap(({ members, runsIn }) => [
    ...Object.keys(members),
    ...runsIn,
  ]);
  return Object.keys(clusters).flatMap((name) =>
    when(!used.includes(name), {
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
    id: "shared-identity",
    summary: "Two meshes with one root and one trust domain are one to a verifier.",
    why: "A SPIFFE id holds the trust domain and no mesh id.",
    severity,
    check: checkSharedIdentity,
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
