import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../options";

/** A VPC of another account. */
export interface ForeignVpc {
  /** Id of the VPC. */
  vpcId: pulumi.Input<string>;
  /** Region of the VPC. */
  region: pulumi.Input<string>;
}

/** What a private zone is made from. */
export interface PrivateZoneArgs {
  /** Name of the zone. */
  zoneName: pulumi.Input<string>;
  /** First VPC that resolves its names, of the account that owns the zone. Others join by `PrivateZoneAssociation`. */
  vpcId: pulumi.Input<string>;
  /**
   * VPCs of other accounts that may join, by a name for each.
   *
   * @default none
   */
  foreignVpcs?: Record<string, pulumi.Input<ForeignVpc>>;
  /** Private addresses by full name. */
  records: Record<string, string[]>;
}

/** Seconds: addresses are chosen for good, so that only the first look-up of a client is slower. */
const TTL = 300;

/** Names that only chosen VPCs resolve. */
export class PrivateZone extends pulumi.ComponentResource {
  /** Id of the zone, known once the VPCs of other accounts may join it. */
  public readonly zoneId: pulumi.Output<string>;

  constructor(name: string, args: PrivateZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-patterns:index:PrivateZone", name, {}, opts);
    const options = childOptions(this, opts);
    const { zoneName, vpcId, foreignVpcs = {}, records } = args;
    const zone = new aws.route53.Zone(
      name,
      { name: zoneName, vpcs: [{ vpcId }], tags: { Name: name } },
      // AWS lists the VPCs that joined by association here too.
      { ...options, ignoreChanges: ["vpcs"] },
    );
    const authorised = Object.entries(foreignVpcs).map(([vpc, foreign]) => {
      const { vpcId, region: vpcRegion } = pulumi.output(foreign);
      return new aws.route53.VpcAssociationAuthorization(
        `${name}-${vpc}`,
        { zoneId: zone.zoneId, vpcId, vpcRegion },
        options,
      );
    });
    createRecords(name, zone.zoneId, records, options);
    this.zoneId = pulumi
      .all([zone.zoneId, pulumi.all(authorised.map(({ id }) => id))])
      .apply(([zoneId]) => zoneId);
    this.registerOutputs({ zoneId: this.zoneId });
  }
}

function createRecords(
  name: string,
  zoneId: pulumi.Output<string>,
  records: Record<string, string[]>,
  options: pulumi.CustomResourceOptions,
): void {
  for (const [host, addresses] of Object.entries(records)) {
    new aws.route53.Record(
      `${name}-${host}`,
      { zoneId, name: host, type: "A", ttl: TTL, records: addresses },
      options,
    );
  }
}

/** What joins a VPC to a private zone. */
export interface PrivateZoneAssociationArgs {
  /** Id of the zone; the zone's account must allow the VPC first, where it is another one. */
  zoneId: pulumi.Input<string>;
  /** Id of the VPC. */
  vpcId: pulumi.Input<string>;
}

/** Lets one more VPC resolve the names of a private zone; made with the provider of the VPC's own account and region. */
export class PrivateZoneAssociation extends pulumi.ComponentResource {
  /** Id of the zone, known once the VPC resolves it. */
  public readonly zoneId: pulumi.Output<string>;

  constructor(
    name: string,
    args: PrivateZoneAssociationArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("istio-patterns:index:PrivateZoneAssociation", name, {}, opts);
    const { zoneId, vpcId } = args;
    const association = new aws.route53.ZoneAssociation(
      name,
      { zoneId, vpcId },
      childOptions(this, opts),
    );
    this.zoneId = association.zoneId;
    this.registerOutputs({ zoneId: this.zoneId });
  }
}
