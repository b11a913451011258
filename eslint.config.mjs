import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import { importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/** In the order of imports: what stands in one room takes from those before it, and nothing from those after. */
const ROOMS = [
  ...["topology", "versions", "network", "cluster", "trust", "access", "istio", "vm"],
  ...["ecs", "federation", "tenancy", "mesh"],
  "index.ts",
];

/** What belongs to no room: it takes nothing from any. */
const SHARED = ["options.ts", "records.ts", "handles.ts", "existing.ts"];

const inComponents = (name) => `./components/${name}`;
const zones = [
  ...ROOMS.map((room, index) => ({ target: room, from: ROOMS.slice(index + 1) })),
  ...SHARED.map((file) => ({ target: file, from: ROOMS })),
].map(({ target, from }) => ({
  target: inComponents(target),
  from: from.map(inComponents),
  message: "A room takes from those before it only: ROOMS in eslint.config.mjs.",
}));

export default tseslint.config(
  { ignores: ["bin/", "node_modules/"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      "max-lines": ["error", { max: 300, skipComments: true, skipBlankLines: true }],
      "max-lines-per-function": ["error", { max: 40, skipComments: true, skipBlankLines: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
    },
  },
  {
    files: ["components/**/*.ts"],
    plugins: { "import-x": importX },
    settings: {
      ...importX.flatConfigs.typescript.settings,
      "import-x/resolver-next": [createTypeScriptImportResolver()],
    },
    rules: {
      "import-x/no-restricted-paths": [
        "error",
        { zones: zones.filter(({ from }) => from.length > 0) },
      ],
      "import-x/no-cycle": ["error", { ignoreExternal: true }],
    },
  },
  // What follows from a description is computed once, where everything is put together.
  {
    files: [
      "components/**/*.ts",
      "engine/**/*.ts",
      "cli/**/*.ts",
      "policy/**/*.ts",
      "bench/**/*.ts",
      "index.ts",
    ],
    ignores: ["components/mesh/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["**/relations/relate", "./relate"],
              message: "Take Relations as an argument.",
            },
          ],
        },
      ],
    },
  },
  // A mocha suite is one function by construction; its cases are what must stay small.
  { files: ["test/**/*.ts"], rules: { "max-lines-per-function": "off" } },
  // Helm values are the one place where a chart, not TypeScript, holds the type.
  {
    files: [
      "components/topology/description/*.ts",
      "components/istio/facts.ts",
      "components/istio/gateways/ingressGateway.ts",
      "components/istio/remote/remoteValues.ts",
      "components/istio/revisions/revisionTag.ts",
    ],
    rules: { "@typescript-eslint/no-explicit-any": "off" },
  },
);
