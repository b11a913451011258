import assert from "node:assert/strict";
import fc from "fast-check";
import { relayConfig } from "../../../components/istio/relay/relayConfig";
import { relayObjects } from "../../../components/istio/relay/relayObjects";

const addresses = fc.uniqueArray(fc.ipV4(), { minLength: 1, maxLength: 3 });
const backends = fc.array(addresses, { minLength: 1, maxLength: 4 });

/** Addresses and ports per priority, by cluster. */
function endpointsOf(config: ReturnType<typeof relayConfig>) {
  return config.static_resources.clusters.map(({ name, load_assignment }) => ({
    name,
    priorities: load_assignment.endpoints.map(({ priority }) => priority),
    addresses: load_assignment.endpoints.map(({ lb_endpoints }) =>
      lb_endpoints.map(({ endpoint }) => endpoint.address.socket_address),
    ),
  }));
}

describe("the configuration of a relay", () => {
  it("sends each port to every address on the same port, istiod by istiod in the order of failover", () => {
    fc.assert(
      fc.property(backends, (istiods) => {
        assert.deepEqual(
          endpointsOf(relayConfig(istiods)),
          [
            { name: "xds", port_value: 15012 },
            { name: "webhook", port_value: 15017 },
          ].map(({ name, port_value }) => ({
            name,
            priorities: istiods.map((_, index) => index),
            addresses: istiods.map((zones) => zones.map((address) => ({ address, port_value }))),
          })),
        );
      }),
    );
  });

  it("keeps to an istiod while one of its addresses answers, and to nothing when none does", () => {
    fc.assert(
      fc.property(backends, (istiods) => {
        for (const { load_assignment, common_lb_config } of relayConfig(istiods).static_resources
          .clusters) {
          const { overprovisioning_factor: factor } = load_assignment.policy;
          for (const { lb_endpoints } of load_assignment.endpoints)
            assert.ok(factor / lb_endpoints.length >= 100);
          assert.deepEqual(common_lb_config.healthy_panic_threshold, { value: 0 });
        }
      }),
    );
  });

  it("asks istiod itself, over TLS, every few seconds, and bears that some of an address are on their way out", () => {
    const checks = relayConfig([["10.0.0.4"]]).static_resources.clusters.map((cluster) => {
      assert.ok(!("close_connections_on_host_health_failure" in cluster));
      const [{ match, transport_socket }] = cluster.transport_socket_matches;
      assert.equal(transport_socket.name, "envoy.transport_sockets.tls");
      const [{ transport_socket_match_criteria, ...check }] = cluster.health_checks;
      assert.deepEqual(transport_socket_match_criteria, match);
      return check;
    });
    const pace = {
      timeout: "2s",
      interval: "2s",
      no_traffic_interval: "2s",
      unhealthy_threshold: 5,
      healthy_threshold: 1,
    };
    assert.deepEqual(checks, [
      { ...pace, tcp_health_check: {} },
      {
        ...pace,
        http_health_check: {
          ...{ host: "istiod", path: "/ready", codec_client_type: "HTTP2" },
          retriable_statuses: [{ start: 500, end: 600 }],
        },
        reuse_connection: false,
      },
    ]);
  });

  it("finds a connection to an istiod that went without a word within half a minute", () => {
    for (const { upstream_connection_options } of relayConfig([["10.0.0.4"]]).static_resources
      .clusters) {
      const { keepalive_time, keepalive_interval, keepalive_probes } =
        upstream_connection_options.tcp_keepalive;
      assert.equal(keepalive_time + keepalive_interval * keepalive_probes, 30);
    }
  });

  it("listens on istiod's ports and on one for its own readiness; what it is told by is for itself only", () => {
    const { admin, static_resources } = relayConfig([["10.0.0.4"]]);
    assert.deepEqual(
      [admin, ...static_resources.listeners].map(({ address }) => address.socket_address),
      [
        { address: "127.0.0.1", port_value: 15000 },
        { address: "0.0.0.0", port_value: 15012 },
        { address: "0.0.0.0", port_value: 15017 },
        { address: "0.0.0.0", port_value: 15021 },
      ],
    );
  });
});

describe("the objects of a relay", () => {
  const place = {
    namespace: "istio-system",
    revision: "canary",
    backends: [["10.0.0.4"]],
    image: "docker.io/istio/proxyv2:1.31.3",
  };
  const objects = relayObjects(place);

  it("stand behind the name that istiod has where it runs, and select their own pods only", () => {
    const { service, deployment, disruptionBudget } = objects;
    assert.deepEqual(service, {
      metadata: {
        name: "istiod-canary",
        namespace: "istio-system",
        labels: { app: "istiod-canary-relay" },
      },
      spec: {
        selector: { app: "istiod-canary-relay" },
        ports: [
          { name: "tcp-istiod", port: 15012, targetPort: 15012 },
          { name: "tcp-webhook", port: 443, targetPort: 15017 },
        ],
      },
    });
    assert.equal(relayObjects({ ...place, revision: undefined }).service.metadata.name, "istiod");
    for (const { spec } of [deployment, disruptionBudget])
      assert.deepEqual(spec.selector.matchLabels, service.spec.selector);
    assert.equal(deployment.spec.replicas, 2);
    assert.equal(disruptionBudget.spec.minAvailable, 1);
  });

  it("are never injected, hold no rights and cannot write", () => {
    const { metadata, spec } = objects.deployment.spec.template;
    assert.equal(metadata.labels["sidecar.istio.io/inject"], "false");
    assert.equal(spec.automountServiceAccountToken, false);
    assert.equal(spec.securityContext.runAsNonRoot, true);
    const [container] = spec.containers;
    assert.equal(container.image, place.image);
    assert.deepEqual(container.command, ["/usr/local/bin/envoy"]);
    assert.equal(container.securityContext.readOnlyRootFilesystem, true);
    assert.deepEqual(container.readinessProbe.httpGet, { path: "/healthz/ready", port: 15021 });
  });

  it("serve on while nodes still send to them, and are ended within their grace period", () => {
    const { terminationGracePeriodSeconds, containers } = objects.deployment.spec.template.spec;
    const { seconds } = containers[0].lifecycle.preStop.sleep;
    assert.deepEqual([seconds, terminationGracePeriodSeconds], [10, 30]);
  });

  it("keep no node from being drained while no istiod answers", () => {
    assert.equal(objects.disruptionBudget.spec.unhealthyPodEvictionPolicy, "AlwaysAllow");
  });

  it("have what a thousand proxies on one of them take, and no more of each connection", () => {
    const [{ resources }] = objects.deployment.spec.template.spec.containers;
    assert.deepEqual(resources, {
      requests: { cpu: "100m", memory: "160Mi" },
      limits: { memory: "512Mi" },
    });
    const { listeners, clusters } = relayConfig(place.backends).static_resources;
    const limits = [...listeners, ...clusters].map((one) =>
      "per_connection_buffer_limit_bytes" in one ? one.per_connection_buffer_limit_bytes : "none",
    );
    // The last listener is that of readiness.
    assert.deepEqual(limits, [32768, 32768, "none", 32768, 32768]);
  });

  it("try another target within what an API server waits for a webhook", () => {
    const { listeners, clusters } = relayConfig(place.backends).static_resources;
    const attempts = JSON.stringify(listeners).match(/"max_connect_attempts":\d+/g);
    assert.deepEqual(attempts, ['"max_connect_attempts":6', '"max_connect_attempts":6']);
    for (const { connect_timeout } of clusters) assert.equal(connect_timeout, "1s");
  });

  it("are pulled and placed as the istiod that they stand in for", () => {
    const bare = objects.deployment.spec.template.spec;
    assert.equal("imagePullSecrets" in bare || "priorityClassName" in bare, false);
    const own = { imagePullSecrets: ["registry"], priorityClassName: "system-cluster-critical" };
    const { spec } = relayObjects({ ...place, ...own }).deployment.spec.template;
    assert.deepEqual(
      [spec.imagePullSecrets, spec.priorityClassName],
      [[{ name: "registry" }], "system-cluster-critical"],
    );
  });

  it("are ready while one address of any istiod is healthy, for configuration and for webhooks", () => {
    const { listeners } = relayConfig(place.backends).static_resources;
    assert.deepEqual(
      JSON.stringify(listeners).match(/"cluster_min_healthy_percentages":\{[^}]*\}[^}]*\}\}/g),
      ['"cluster_min_healthy_percentages":{"xds":{"value":1},"webhook":{"value":1}}'],
    );
  });

  it("are other pods with another configuration, and the same ones with the same", () => {
    const checksum = (other: string[][]) =>
      relayObjects({ ...place, backends: other }).deployment.spec.template.metadata.annotations[
        "checksum/config"
      ];
    assert.equal(checksum([["10.0.0.4"]]), checksum(place.backends));
    assert.notEqual(checksum([["10.0.0.5"]]), checksum(place.backends));
    assert.deepEqual(JSON.parse(objects.config.data["envoy.json"]), relayConfig(place.backends));
  });
});
