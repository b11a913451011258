import type { Setting } from "../../../components/topology";

export const throwawaySettings: Setting[] = [
  {
    why: "A test looks for it.",
    owned: { "env.THROWAWAY": "it is the throwaway room's" },
    when: ({ of }) => of.at.cluster.name === "east",
    values: ({ revision }, { name }) => ({
      env: { THROWAWAY: [name, revision.version].join() },
      volumes: [{ name: "throwaway" }],
    }),
  },
];
