/** What an istiod outside the clusters that it serves needs beside what every istiod does. */
import { logicalName, meshConfigName } from "../../topology";
import type { IstiodFacts } from "./valueFacts";
import type { Fragment } from "../values";

const isExternal = ({ external }: IstiodFacts) => external;

/** Fragments of chart `istiod` (https://istio.io/latest/docs/setup/install/external-controlplane/). */
export const externalIstiod: Fragment<IstiodFacts>[] = [
  {
    why: "External istiods of several meshes stand in one cluster: each has its own namespace, which rights and proxies' addresses name.",
    when: isExternal,
    values: ({ namespace }) => ({ global: { istioNamespace: namespace } }),
  },
  {
    why:
      "Webhooks belong to the clusters whose pods and configuration it handles: here they would take over those of the " +
      "management cluster, and meshes beside each other would share their selectors.",
    when: isExternal,
    values: () => ({ global: { operatorManageWebhooks: true, configValidation: false } }),
  },
  {
    why:
      "These names are only switches of what writes CA bundles into webhooks (istio, pilot/pkg/bootstrap/sidecarinjector.go " +
      "and validation.go); the bundles are there from the start.",
    when: isExternal,
    values: () => ({
      env: { INJECTION_WEBHOOK_CONFIG_NAME: "", VALIDATION_WEBHOOK_CONFIG_NAME: "" },
    }),
  },
  {
    why: "The Secret of the clusters that it serves is beside it; it would look in the one that holds the configuration (istio, pkg/kube/multicluster/secretcontroller.go).",
    when: isExternal,
    values: () => ({ env: { LOCAL_CLUSTER_SECRET_WATCHER: "true" } }),
  },
  {
    why:
      "Mesh config and injection template are ConfigMaps beside it, which it would look for in the other cluster too; files " +
      "win over both (istio, pilot/pkg/bootstrap/mesh.go and sidecarinjector.go).",
    when: isExternal,
    values: ({ istiod }) => ({
      volumes: [
        { name: "config-volume", configMap: { name: meshConfigName(istiod.revision) } },
        {
          name: "inject-volume",
          configMap: { name: logicalName("istio-sidecar-injector", istiod.revision) },
        },
      ],
      volumeMounts: [
        { name: "config-volume", mountPath: "/etc/istio/config" },
        { name: "inject-volume", mountPath: "/var/lib/istio/inject" },
      ],
    }),
  },
];
