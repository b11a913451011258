import { attribute, capital, capitalised, tagged, type Row } from "../row";
import type { Values } from "../../../../../engine";

const group = (key: string) => attribute("TargetGroupAttributes", key);
const balancer = (key: string) => attribute("LoadBalancerAttributes", key);

/** `HealthCheck` before the name of each, but for thresholds and the matcher. */
function healthCheck({ healthyThreshold, unhealthyThreshold, matcher, ...rest }: Values): Values {
  const seconds = ["interval", "timeout"];
  const named = Object.entries(rest).map(([key, value]) => [
    `HealthCheck${capital(key)}${seconds.includes(key) ? "Seconds" : ""}`,
    value,
  ]);
  return {
    ...Object.fromEntries(named),
    HealthyThresholdCount: healthyThreshold,
    UnhealthyThresholdCount: unhealthyThreshold,
    Matcher: matcher && { HttpCode: matcher },
  };
}

function accessLogs({ enabled, bucket, prefix }: Values): Values {
  const attributes = { enabled, bucket, prefix };
  return {
    LoadBalancerAttributes: Object.entries(attributes)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ({ Key: `access_logs.s3.${key}`, Value: String(value) })),
  };
}

export const balancers = {
  "aws:lb/loadBalancer:LoadBalancer": {
    type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
    names: { loadBalancerType: "Type" },
    forms: {
      internal: (internal) => ({ Scheme: internal ? "internal" : "internet-facing" }),
      enableCrossZoneLoadBalancing: balancer("load_balancing.cross_zone.enabled"),
      enableDeletionProtection: balancer("deletion_protection.enabled"),
      accessLogs,
      subnetMappings: (mappings: Values[]) => ({
        SubnetMappings: mappings.map(({ privateIpv4Address, ...rest }) => ({
          ...capitalised(rest),
          PrivateIPv4Address: privateIpv4Address,
        })),
      }),
    },
    tags: tagged,
  },
  "aws:lb/listener:Listener": {
    type: "AWS::ElasticLoadBalancingV2::Listener",
    tags: tagged,
  },
  "aws:lb/targetGroup:TargetGroup": {
    type: "AWS::ElasticLoadBalancingV2::TargetGroup",
    forms: {
      connectionTermination: group("deregistration_delay.connection_termination.enabled"),
      deregistrationDelay: group("deregistration_delay.timeout_seconds"),
      preserveClientIp: group("preserve_client_ip.enabled"),
      healthCheck,
    },
    tags: tagged,
  },
} satisfies Record<string, Row>;
