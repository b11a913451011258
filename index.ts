import * as pulumi from "@pulumi/pulumi";
import { program } from "./components/mesh";

// A function, since a second import of this module in one process would register nothing.
export = () => program(new pulumi.Config());
