import { version } from "@pulumi/kubernetes/package.json";
import { serve } from "../base/serve";
import { Store, storeRoot } from "../base/store";
import { KubernetesProvider } from "./provider";

serve(new KubernetesProvider(version, new Store(storeRoot(), "aws")));
