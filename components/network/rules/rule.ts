import type { Rule } from "../../topology";
import type { NetworkPlan } from "../facts";

/** A rule of this room: it may ask what the room has planned. */
export type NetworkRule = Rule<NetworkPlan>;
