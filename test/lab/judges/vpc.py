"""Makes a VPC as many are, at an endpoint that answers as EC2 does; prints its ids as JSON."""
import json
import sys

import boto3

ec2 = boto3.client(
    "ec2",
    endpoint_url=sys.argv[1],
    region_name="eu-west-1",
    aws_access_key_id="moto",
    aws_secret_access_key="moto",
)


def named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=named("vpc", "Old Prod"))["Vpc"]["VpcId"]


def subnet(name, cidr, zone):
    made = ec2.create_subnet(
        VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone, TagSpecifications=named("subnet", name)
    )
    return made["Subnet"]["SubnetId"]


def table(name, target, subnets):
    tags = named("route-table", name)
    made = ec2.create_route_table(VpcId=vpc, TagSpecifications=tags)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=made, DestinationCidrBlock="0.0.0.0/0", **target)
    for one in subnets:
        ec2.associate_route_table(RouteTableId=made, SubnetId=one)
    return made


subnets = {
    "private-a": subnet("private-a", "10.20.0.0/20", "eu-west-1a"),
    "private-b": subnet("private-b", "10.20.16.0/20", "eu-west-1b"),
    "public": subnet("public", "10.20.32.0/24", "eu-west-1a"),
}
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
address = ec2.allocate_address(Domain="vpc")
nat = ec2.create_nat_gateway(SubnetId=subnets["public"], AllocationId=address["AllocationId"])
tables = {
    "public": table("public", {"GatewayId": gateway}, [subnets["public"]]),
    "private": table(
        "private",
        {"NatGatewayId": nat["NatGateway"]["NatGatewayId"]},
        [subnets["private-a"], subnets["private-b"]],
    ),
}
print(json.dumps({"vpc": vpc, "subnets": subnets, "tables": tables, "nat": address["PublicIp"]}))
