import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["bin/", "node_modules/"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      "max-lines": ["error", { max: 300, skipComments: true, skipBlankLines: true }],
      "max-lines-per-function": ["error", { max: 40, skipComments: true, skipBlankLines: true }],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  // What follows from a description is computed once, where everything is put together.
  {
    files: ["components/**/*.ts", "cli/**/*.ts", "bench/**/*.ts", "index.ts"],
    ignores: ["components/mesh/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [{ group: ["**/relations/relate"], message: "Take Relations as an argument." }],
        },
      ],
    },
  },
  // A mocha suite is one function by construction; its cases are what must stay small.
  { files: ["test/**/*.ts"], rules: { "max-lines-per-function": "off" } },
  // Helm values are the one place where a chart, not TypeScript, holds the type.
  {
    files: ["components/topology/description/*.ts", "components/istio/ingressGateway.ts"],
    rules: { "@typescript-eslint/no-explicit-any": "off" },
  },
);
