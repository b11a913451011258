import * as pulumi from "@pulumi/pulumi";
import { program } from "istio-patterns/program";

// A function, since a second import of this module in one process would register nothing. The description, and secrets that it names,
// stand under `istio-patterns:` of the stack file, whatever this project is called.
export = () => program(new pulumi.Config("istio-patterns"));
