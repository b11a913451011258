import { capitalised, tagged, type Part, type Row } from "../row";

const rule = (side: "Source" | "Destination") => ({
  names: {
    cidrIpv4: "CidrIp",
    cidrIpv6: "CidrIpv6",
    prefixListId: `${side}PrefixListId`,
    referencedSecurityGroupId: `${side}SecurityGroupId`,
    securityGroupId: "GroupId",
  },
});

export const network = {
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    type: "AWS::EC2::SecurityGroup",
    forms: {
      ingress: (rules) => ({ SecurityGroupIngress: capitalised(rules) }),
      egress: (rules) => ({ SecurityGroupEgress: capitalised(rules) }),
      // What AWS wrote there when it made the group.
      vpcId: (VpcId) => ({ VpcId, GroupDescription: "default VPC security group" }),
    },
    tags: tagged,
  },
  "aws:ec2/eip:Eip": { type: "AWS::EC2::EIP", tags: tagged },
  "aws:ec2/flowLog:FlowLog": {
    type: "AWS::EC2::FlowLog",
    names: { iamRoleArn: "DeliverLogsPermissionArn" },
    forms: { vpcId: (ResourceId) => ({ ResourceId, ResourceType: "VPC" }) },
    tags: tagged,
  },
  "aws:ec2/internetGateway:InternetGateway": {
    type: "AWS::EC2::InternetGateway",
    without: { vpcId: "a resource of its own there, AWS::EC2::VPCGatewayAttachment, of two ids" },
    tags: tagged,
  },
  "aws:ec2/managedPrefixList:ManagedPrefixList": {
    type: "AWS::EC2::PrefixList",
    names: { name: "PrefixListName" },
    tags: tagged,
  },
  "aws:ec2/natGateway:NatGateway": { type: "AWS::EC2::NatGateway", tags: tagged },
  "aws:ec2/route:Route": { type: "AWS::EC2::Route" },
  "aws:ec2/routeTable:RouteTable": { type: "AWS::EC2::RouteTable", tags: tagged },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    type: "AWS::EC2::SubnetRouteTableAssociation",
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    type: "AWS::EC2::SecurityGroup",
    names: { description: "GroupDescription", name: "GroupName" },
    autonamed: "GroupName",
    tags: tagged,
  },
  "aws:ec2/subnet:Subnet": { type: "AWS::EC2::Subnet", tags: tagged },
  "aws:ec2/vpc:Vpc": { type: "AWS::EC2::VPC", tags: tagged },
  "aws:ec2/vpcEndpoint:VpcEndpoint": { type: "AWS::EC2::VPCEndpoint", tags: tagged },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    type: "AWS::EC2::SecurityGroupEgress",
    ...rule("Destination"),
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    type: "AWS::EC2::SecurityGroupIngress",
    ...rule("Source"),
  },
} satisfies Record<string, Row>;

const options = (key: string) => (value: unknown) => ({ Options: { [key]: value } });

export const links = {
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": {
    type: "AWS::EC2::VPCPeeringConnection",
    without: { autoAccept: "a step of the provider's" },
    tags: tagged,
  },
  "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": {
    type: "AWS::EC2::TransitGatewayPeeringAttachment",
    tags: tagged,
  },
  "aws:ec2transitgateway/route:Route": { type: "AWS::EC2::TransitGatewayRoute" },
  "aws:ec2transitgateway/routeTable:RouteTable": {
    type: "AWS::EC2::TransitGatewayRouteTable",
    tags: tagged,
  },
  "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation": {
    type: "AWS::EC2::TransitGatewayRouteTableAssociation",
  },
  "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation": {
    type: "AWS::EC2::TransitGatewayRouteTablePropagation",
  },
  "aws:ec2transitgateway/transitGateway:TransitGateway": {
    type: "AWS::EC2::TransitGateway",
    tags: tagged,
  },
  "aws:ec2transitgateway/vpcAttachment:VpcAttachment": {
    type: "AWS::EC2::TransitGatewayVpcAttachment",
    forms: { dnsSupport: options("DnsSupport") },
    without: {
      transitGatewayDefaultRouteTableAssociation: "a step of the provider's",
      transitGatewayDefaultRouteTablePropagation: "a step of the provider's",
    },
    tags: tagged,
  },
  "aws:ram/resourceShare:ResourceShare": { type: "AWS::RAM::ResourceShare", tags: tagged },
  "aws:route53/record:Record": {
    type: "AWS::Route53::RecordSet",
    names: { records: "ResourceRecords", ttl: "TTL", zoneId: "HostedZoneId" },
  },
  "aws:route53/zone:Zone": {
    type: "AWS::Route53::HostedZone",
    forms: {
      comment: (Comment) => ({ HostedZoneConfig: { Comment } }),
      vpcs: (vpcs) => ({ VPCs: vpcs.map(zoneVpc) }),
    },
    tags: { property: "HostedZoneTags", as: "list" },
  },
} satisfies Record<string, Row>;

interface ZoneVpc {
  vpcId: string;
  vpcRegion?: string;
}

/** The provider's region where none is given; CloudFormation wants it said. */
function zoneVpc({ vpcId, vpcRegion = "eu-west-1" }: ZoneVpc) {
  return { VPCId: vpcId, VPCRegion: vpcRegion };
}

export const linkParts = {
  "aws:ram/principalAssociation:PrincipalAssociation": {
    of: "aws:ram/resourceShare:ResourceShare",
    by: "resourceShareArn",
    adds: ({ principal }) => ({ Principals: [principal] }),
  },
  "aws:ram/resourceAssociation:ResourceAssociation": {
    of: "aws:ram/resourceShare:ResourceShare",
    by: "resourceShareArn",
    adds: ({ resourceArn }) => ({ ResourceArns: [resourceArn] }),
  },
  "aws:route53/zoneAssociation:ZoneAssociation": {
    of: "aws:route53/zone:Zone",
    by: "zoneId",
    adds: ({ vpcId, vpcRegion }) => ({ VPCs: [zoneVpc({ vpcId, vpcRegion })] }),
  },
} satisfies Record<string, Part>;

/** What CloudFormation has no type for, and who judges it then. */
export const unknownThere = {
  "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter":
    "a step of the provider's; its tags are the connection's",
  "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter":
    "a step of the provider's; its tags are the attachment's",
  "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter":
    "a step of the provider's; its tags are the attachment's",
} satisfies Record<string, string>;
