import { version } from "@pulumi/eks/package.json";
import { ComponentsOnly } from "../base/componentsOnly";
import { serve } from "../base/serve";
import { registerModules } from "./children";
import { constructCluster } from "./cluster";
import { constructNodeGroup } from "./nodeGroup";

const COMPONENTS = {
  "eks:index:Cluster": constructCluster,
  "eks:index:ManagedNodeGroup": constructNodeGroup,
};

serve(new ComponentsOnly("eks", version, COMPONENTS, registerModules));
