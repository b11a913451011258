import { demandRefusal, podOf } from "../run/applications";
import { only, type Check } from "../run/check";
import { part, withdraw } from "./p11TakingBack";
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

const withdrawn: Check = {
  key: "federated-withdrawn",
  whole: true,
  point: 11,
  title:
    "a service that is taken back is refused by policy, then by the gateway, also where it is still asked for",
  skip: only(shown),
  run: (session) => withdraw(session, endsOf(session, exchange)),
};

const parted: Check = {
  key: "federated-gone",
  whole: true,
  point: 11,
  title: "the export goes: no root of the other mesh is accepted, and verify finds nothing left",
  skip: only(shown),
  async run(session) {
    const ends = endsOf(session, exchange);
    await part(session, ends);
    await removeEnds(ends);
  },
};

export const federationChecks = [federated, withdrawn, parted] as const satisfies readonly Check[];
