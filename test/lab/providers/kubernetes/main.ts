import { version } from "@pulumi/kubernetes/package.json";
import { serve } from "../base/serve";
import { KubernetesProvider } from "./provider";

serve(new KubernetesProvider(version));
