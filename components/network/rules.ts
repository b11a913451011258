import type { Rule } from "../topology";

export const networkRules: Rule[] = [];
