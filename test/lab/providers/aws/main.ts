import { version } from "@pulumi/aws/package.json";
import { serve } from "../base/serve";
import { Store, storeRoot } from "../base/store";
import { AwsProvider } from "./provider";
import { TABLE } from "./tables";

serve(new AwsProvider(version, TABLE, new Store(storeRoot(), "aws")));
