import { forwardRules } from "../../components/ecs/forwardRules";
import { ecsRules } from "../../components/ecs/rules";
import type { TopologyDescription } from "../../components/topology";
import { type Claim, testEveryRule, testRules } from "../support/rules";
import { good } from "./good";

type Service = NonNullable<TopologyDescription["ecsServices"]>[string];

const echo = (change: (service: Service) => void) => (description: TopologyDescription) =>
  change(description.ecsServices!.echo!);

const claims: Claim[] = [
  [
    "ecs-forward-captured",
    "ports that lead to Services on EC2",
    echo((service) => {
      const forward = { pay: { host: "pay.pay", port: 9090 } };
      Object.assign(service, { launchType: "ec2", forward });
    }),
    "ecsServices.echo.forward: got pay; allowed: nothing with launchType: ec2: all of the application's TCP goes through ztunnel; fix: leave it out, and let the application call Services by their names",
  ],
  [
    "ecs-forward-host",
    "what a shell would read otherwise",
    echo((service) => (service.forward = { pay: { host: "pay; true", port: 9090 } })),
    'ecsServices.echo.forward.pay.host: got "pay; true"; allowed: the name of a Service, such as "pay.pay.svc.cluster.local"; fix: correct it',
  ],
  [
    "ecs-forward-port",
    "ports that others have",
    echo((service) => {
      service.ports = { http: 8080 };
      service.forward = {
        a: { host: "a.shop", port: 80 },
        b: { host: "b.shop", port: 80, local: 8080 },
        c: { host: "c.shop", port: 80, local: 15080 },
        d: { host: "d.shop", port: 9000 },
        e: { host: "e.shop", port: 80, local: 9000 },
      };
    }),
    "ecsServices.echo.forward.a.local: got 80; allowed: a port from 1024: below, a program without rights may not listen; fix: name another one",
    "ecsServices.echo.forward.b.local: got 8080; allowed: a port of its own: port http of the application has this one; fix: name another one",
    "ecsServices.echo.forward.c.local: got 15080; allowed: a port outside 15000 to 15090, which are ztunnel's; fix: name another one",
    "ecsServices.echo.forward.e.local: got 9000; allowed: a port of its own: d has this one; fix: name another one",
  ],
];

describe("rules about ports of tasks that lead to Services", () => {
  testRules(ecsRules, good, claims);
  testEveryRule(forwardRules, claims);
});
