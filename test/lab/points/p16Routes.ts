/** What admission stops of routes at the shared ingress gateway. */
import { httpRoute, type Attempt } from "./p16Attempt";

const mirror = {
  type: "RequestMirror",
  requestMirror: { backendRef: { ...{ name: "web", namespace: "b-web", port: 8080 } } },
};
const own = { namespace: "istio-ingress-shared", name: "team-a" };
const toWeb = { name: "web", port: 8080 };

/** Of whoever administers team-a. */
export const routes: readonly Attempt[] = [
  httpRoute(
    "routes at another tenant's listeners",
    "admission",
    { parentRefs: [{ ...own, name: "team-b" }] },
    /parentRefs: only/,
  ),
  httpRoute(
    "the same at one of them",
    "admission",
    { parentRefs: [own, { ...own, name: "team-b", sectionName: "b-example" }] },
    /parentRefs: only/,
  ),
  httpRoute(
    "routes for whoever calls another tenant's Service",
    "admission",
    { parentRefs: [{ group: "", kind: "Service", namespace: "b-web", name: "web" }] },
    /parentRefs: only/,
  ),
  httpRoute(
    "leads clients to another tenant's Service",
    "admission",
    { rules: [{ backendRefs: [{ ...toWeb, namespace: "b-web" }] }] },
    /backendRefs: only/,
  ),
  httpRoute(
    "leads clients there by its host name",
    "admission",
    {
      rules: [
        {
          backendRefs: [
            {
              ...{ group: "networking.istio.io", kind: "Hostname", port: 8080 },
              name: "web.b-web.svc.cluster.local",
            },
          ],
        },
      ],
    },
    /backendRefs: only/,
  ),
  httpRoute(
    "sends another tenant what its clients ask",
    "admission",
    { rules: [{ backendRefs: [toWeb], filters: [mirror] }] },
    /filters: only/,
  ),
  httpRoute("routes for its host", "nobody", {
    hostnames: ["a.example"],
    rules: [
      {
        backendRefs: [toWeb],
        filters: [
          { type: "RequestHeaderModifier", requestHeaderModifier: { remove: ["x-forwarded"] } },
        ],
      },
    ],
  }),
];
