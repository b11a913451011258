import type { Table } from "../table";
import { compute } from "./compute";
import { access } from "./access";
import { ecs } from "./ecs";
import { eks } from "./eks";
import { groups } from "./groups";
import { iam } from "./iam";
import { kms } from "./kms";
import { loadBalancing } from "./loadBalancing";
import { network } from "./network";
import { peering } from "./peering";
import { route53 } from "./route53";
import { routes } from "./routes";
import { transitGateway } from "./transitGateway";
import { transitGatewayAttachments } from "./transitGatewayAttachments";

/** Every AWS resource type that the stand-in knows. */
export const TABLE: Table = {
  ...compute,
  ...access,
  ...ecs,
  ...eks,
  ...groups,
  ...iam,
  ...kms,
  ...loadBalancing,
  ...network,
  ...peering,
  ...route53,
  ...routes,
  ...transitGateway,
  ...transitGatewayAttachments,
};
