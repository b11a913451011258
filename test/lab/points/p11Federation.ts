import { demandRefusal, podOf } from "../run/applications";
import { only, type Check } from "../run/check";
import {
  demandOffer,
  demandTriesRefused,
  deployEnds,
  endsOf,
  hostOf,
  offered,
  removeEnds,
} from "./p11Exchange";

const shown = "04-multi-mesh";

const exchange = { exporting: "bank", importing: "shop" } as const;

const federated: Check = {
  key: "federated",
  whole: true,
  point: 11,
  title: "another mesh calls what is exported to it as who it is, and nothing else",
  skip: only(shown),
  async run(session) {
    const ends = endsOf(session, exchange);
    await deployEnds(ends);
    await demandOffer(ends);
    // Its name is nobody's where it is not allowed.
    await demandRefusal(
      ends.backend,
      hostOf(offered.name),
      /no such host|lookup|deadline exceeded|timeout|refused/,
    );
    const { status } = await podOf(ends.exporter, offered.namespace, offered.name);
    await demandRefusal(
      ends.frontend,
      status.podIP as string,
      /deadline exceeded|timeout|refused|reset|no route|EOF/,
    );
    await demandTriesRefused(ends);
  },
};

const parted: Check = {
  key: "federated-gone",
  whole: true,
  point: 11,
  title: "what was deployed for it is gone",
  skip: only(shown),
  run: (session) => removeEnds(endsOf(session, exchange)),
};

export const federationChecks = [federated, parted] as const satisfies readonly Check[];
