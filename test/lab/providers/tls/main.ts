import { version } from "@pulumi/tls/package.json";
import { serve } from "../base/serve";
import { TlsProvider } from "./provider";

serve(new TlsProvider(version));
