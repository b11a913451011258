/** What instances cost, as data: Linux, shared tenancy, on demand, in USD an hour. */
import { HOURS, rateIn } from "./prices";
import type { Rate } from "./prices";

/**
 * A `large` of each family; the others cost as many times as much as they are bigger.
 *
 * us-east-1 from `pkg/providers/pricing/zz_generated.pricing_aws.go` of https://github.com/aws/karpenter-provider-aws v1.15.2, made
 * from AWS's price list on 2026-07-20; the other regions from `data/instances.json` of
 * https://github.com/cristim/ec2-instances-info at 32acf84f42eb, of 2025-05-28, which agrees with it in us-east-1. Every size below
 * of every family was found to be within half a percent.
 */
export const LARGE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  t3: row(0.0832, 0.0832, 0.0912, 0.096),
  t3a: row(0.0752, 0.0752, 0.0816, 0.0864),
  t4g: row(0.0672, 0.0672, 0.0736, 0.0768),
  m5: row(0.096, 0.096, 0.107, 0.115),
  m5a: row(0.086, 0.086, 0.096, 0.104),
  m6i: row(0.096, 0.096, 0.107, 0.115),
  m6a: row(0.0864, 0.0864, 0.0963, 0.1035),
  m6g: row(0.077, 0.077, 0.086, 0.092),
  m7i: row(0.1008, 0.1008, 0.11235, 0.12075),
  "m7i-flex": row(0.09576, 0.09576, 0.10673, 0.11471),
  m7a: row(0.11592, 0.11592, 0.1292, 0.13886),
  m7g: row(0.0816, 0.0816, 0.091, 0.0978),
  m8g: row(0.08976, 0.08976, 0.10004, 0.10754),
  c5: row(0.085, 0.085, 0.096, 0.097),
  c5a: row(0.077, 0.077, 0.086, 0.087),
  c6i: row(0.085, 0.085, 0.0912, 0.097),
  c6a: row(0.0765, 0.0765, 0.08208, 0.0873),
  c6g: row(0.068, 0.068, 0.073, 0.0776),
  c7i: row(0.08925, 0.08925, 0.09576, 0.10185),
  "c7i-flex": row(0.08479, 0.08479, 0.09097, 0.09676),
  c7a: row(0.10264, 0.10264, 0.11012, 0.11713),
  c7g: row(0.0725, 0.0725, 0.0775, 0.0825),
  c8g: row(0.07976, 0.07976, 0.08528, 0.0907),
  r5: row(0.126, 0.126, 0.141, 0.152),
  r5a: row(0.113, 0.113, 0.127, 0.137),
  r6i: row(0.126, 0.126, 0.141, 0.152),
  r6a: row(0.1134, 0.1134, 0.1269, 0.1368),
  r6g: row(0.1008, 0.1008, 0.1128, 0.1216),
  r7i: row(0.1323, 0.1323, 0.14805, 0.1596),
  r7a: row(0.15215, 0.15215, 0.17026, 0.18354),
  r7g: row(0.1071, 0.1071, 0.1199, 0.1292),
  r8g: row(0.11782, 0.11782, 0.13184, 0.14212),
};

function row(virginia: number, oregon: number, ireland: number, frankfurt: number) {
  return {
    ...{ "us-east-1": virginia, "us-west-2": oregon },
    ...{ "eu-west-1": ireland, "eu-central-1": frankfurt },
  };
}

/** Sizes below `large`, in parts of one. */
const SMALLER: Readonly<Record<string, number>> = {
  ...{ nano: 1 / 16, micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1, xlarge: 2 },
};

/** What an instance costs a month; absent where no price of it is here. */
export function instanceMonthly(type: string, region: string): Rate | undefined {
  const [family = "", size = ""] = type.split(".");
  const large = LARGE[family];
  const times = SMALLER[size] ?? 2 * Number(/^(\d+)xlarge$/.exec(size)?.[1] ?? 0);
  if (large === undefined || times === 0) return undefined;
  const rate = rateIn(large, region);
  return { ...rate, usd: rate.usd * times * HOURS };
}
