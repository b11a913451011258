import assert from "node:assert/strict";
import { registeredPolicy } from "../../components/vm/admission";
import { runDescription } from "../support/program";
import { patterns } from "../support/topologies";

const ADMISSION = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy";
const GROUP = "kubernetes:networking.istio.io/v1:WorkloadGroup";

/** One label of an entry, wherever it stands. */
const ofGroup = (labels: string) =>
  `(!has(${labels}) || ${labels}.all(label, variables.given.exists(one, label in one) ` +
  `? variables.given.exists(one, label in one && one[label] == ${labels}[label]) ` +
  `: (label in variables.derived && ${labels}[label] in variables.derived[label])))`;

const valuesOf = (label: string) =>
  `variables.given.filter(one, '${label}' in one).map(one, one['${label}'])`;

describe("admission of what registers itself", () => {
  it("compares labels of both places, and the network, with the group that istiod names", () => {
    const isOther =
      "object.metadata.annotations['istio.io/autoRegistrationGroup'] != params.metadata.name";
    assert.deepEqual(registeredPolicy.variables, [
      {
        name: "given",
        expression:
          "[has(params.spec.metadata) && has(params.spec.metadata.labels) ? params.spec.metadata.labels : {}, " +
          "has(params.spec.template) && has(params.spec.template.labels) ? params.spec.template.labels : {}]",
      },
      {
        name: "derived",
        expression:
          "{'networking.istio.io/tunnel': [dyn('http')], " +
          `'service.istio.io/canonical-name': ${valuesOf("app.kubernetes.io/name")} + ${valuesOf("app")} + [params.metadata.name], ` +
          `'service.istio.io/canonical-revision': ${valuesOf("app.kubernetes.io/version")} + ${valuesOf("version")} + ['latest']}`,
      },
    ]);
    assert.deepEqual(registeredPolicy.validations, [
      {
        expression: `${isOther} || (${ofGroup("object.metadata.labels")} && ${ofGroup("object.spec.labels")})`,
        message: "who registers has the labels of its WorkloadGroup, no more and no others",
      },
      {
        expression: `${isOther} || !has(params.spec.template.network) || (has(object.spec.network) && object.spec.network == params.spec.template.network)`,
        message: "who registers stands in the network of its WorkloadGroup",
      },
      {
        expression: `${isOther} || (has(params.spec.template.serviceAccount) && params.spec.template.serviceAccount != '')`,
        message:
          "its WorkloadGroup names a service account: into one without, all of its namespace register",
      },
    ]);
  });

  it("leaves entries alone that somebody writes, and what istiod and tasks change later", () => {
    const [rule] = registeredPolicy.matchConstraints.resourceRules;
    assert.deepEqual([rule!.resources, rule!.operations], [["workloadentries"], ["CREATE"]]);
    assert.deepEqual(
      registeredPolicy.matchConditions.map(({ expression }) => expression),
      [
        "has(object.metadata.annotations) && 'istio.io/autoRegistrationGroup' in object.metadata.annotations",
      ],
    );
    assert.equal(registeredPolicy.failurePolicy, "Fail");
  });

  for (const pattern of ["03-vm-same-network", "03-ecs-ztunnel", "03-mixed"])
    it(`stands once before groups of ${pattern}, in the cluster that registers them`, async () => {
      const graph = await runDescription(patterns[pattern]!);
      const own = ({ urn }: { urn: string }) => urn.includes("EntryPolicy$");
      const [binding, ...bindings] = graph.ofType(`${ADMISSION}Binding`).filter(own);
      assert.equal(bindings.length, 0);
      assert.deepEqual(binding!.inputs.spec, {
        policyName: "istio-patterns-entries",
        paramRef: { selector: {}, parameterNotFoundAction: "Allow" },
        validationActions: ["Deny"],
      });
      const [policy] = graph.ofType(ADMISSION).filter(own);
      assert.deepEqual(policy!.inputs.spec, registeredPolicy);
      const groups = graph.ofType(GROUP);
      assert.ok(groups.length > 0);
      for (const group of groups) assert.ok(graph.dependsOn(group, binding!), group.urn);
    });
});
