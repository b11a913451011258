import { setTimeout as sleep } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb.js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { NotReady } from "./provider";
import type { Difference, Failure, Live, Provider } from "./provider";
import { changesBetween, isWithin } from "./diff";
import type { ChangeKind } from "./diff";
import { asProps, compact, openSecrets, sealSecrets } from "./values";
import type { Path, Props } from "./values";

type Handler<Request, Response> = (request: Request) => Response | Promise<Response>;

interface Opened {
  readonly props: Props;
  readonly secrets: Path[];
}

function open(struct: Struct | undefined): Opened {
  const { plain, secrets } = openSecrets(struct?.toJavaScript() ?? {});
  return { props: compact(asProps(plain)), secrets };
}

function struct(props: Props): Struct {
  return Struct.fromJavaScript(compact(props) as Record<string, JavaScriptValue>);
}

const typeOf = (urn: string) => (urn.split("::")[2] ?? "").split("$").pop() ?? "";
const nameOf = (urn: string) => urn.split("::").slice(3).join("::");

/** Serves one provider: translates messages, opens and seals secrets, keeps everything else out. */
export class ProviderServer {
  constructor(
    private readonly provider: Provider,
    private readonly construct: Handler<proto.ConstructRequest, proto.ConstructResponse>,
  ) {}

  readonly getPluginInfo: Handler<Empty, PluginInfo> = () =>
    new PluginInfo().setVersion(this.provider.version);

  readonly checkConfig: Handler<proto.CheckRequest, proto.CheckResponse> = (request) =>
    new proto.CheckResponse().setInputs(request.getNews());

  readonly diffConfig: Handler<proto.DiffRequest, proto.DiffResponse> = (request) => {
    const before = open(request.getOldInputs() ?? request.getOlds()).props;
    const after = open(request.getNews()).props;
    const changes = changesBetween(before, after);
    const replaced = this.provider.configReplaces(before, after);
    const replaces = Object.keys(changes).filter((at) => replaced.some((by) => isWithin(at, by)));
    return diffResponse({ changes, replaces });
  };

  readonly configure: Handler<proto.ConfigureRequest, proto.ConfigureResponse> = (request) => {
    this.provider.configure(open(request.getArgs()).props);
    // Components read references; a resource is content with the id that the engine makes of them.
    const hasComponents = Object.keys(this.provider.components).length > 0;
    return new proto.ConfigureResponse()
      .setAcceptsecrets(true)
      .setSupportspreview(true)
      .setAcceptresources(hasComponents);
  };

  readonly invoke: Handler<proto.InvokeRequest, proto.InvokeResponse> = async (request) => {
    const result = await this.provider.invoke(request.getTok(), open(request.getArgs()).props);
    return new proto.InvokeResponse().setReturn(struct(result));
  };

  readonly check: Handler<proto.CheckRequest, proto.CheckResponse> = (request) => {
    const news = open(request.getNews());
    const { inputs, failures } = this.provider.check({
      ...this.identify(request.getUrn(), "", news.props, true, 0),
      oldInputs: open(request.getOlds()).props,
      suffix: Buffer.from(request.getRandomseed_asU8()).toString("hex").slice(0, 8) || "0000000",
    });
    return new proto.CheckResponse()
      .setInputs(struct(this.seal(typeOf(request.getUrn()), inputs, news.secrets)))
      .setFailuresList(failures.map(checkFailure));
  };

  readonly diff: Handler<proto.DiffRequest, proto.DiffResponse> = async (request) =>
    diffResponse(
      await this.provider.diff({
        ...this.identify(request.getUrn(), request.getId(), open(request.getNews()).props, true, 0),
        oldInputs: open(request.getOldInputs()).props,
        oldOutputs: open(request.getOlds()).props,
      }),
    );

  readonly create: Handler<proto.CreateRequest, proto.CreateResponse> = async (request) => {
    const news = open(request.getProperties());
    const urn = request.getUrn();
    if (!request.getPreview()) {
      await sleep(1000 * (this.provider.secondsOf?.(typeOf(urn)) ?? 0));
    }
    const live = await this.sealing(urn, news.secrets, () =>
      this.provider.create(
        this.identify(urn, "", news.props, request.getPreview(), request.getTimeout()),
      ),
    );
    return new proto.CreateResponse().setId(live.id).setProperties(struct(live.outputs));
  };

  readonly read: Handler<proto.ReadRequest, proto.ReadResponse> = async (request) => {
    const inputs = open(request.getInputs());
    const olds = open(request.getProperties());
    const urn = request.getUrn();
    const live = await this.sealing(urn, [...inputs.secrets, ...olds.secrets], () =>
      this.provider.read({
        ...this.identify(urn, request.getId(), inputs.props, false, request.getTimeout()),
        oldInputs: inputs.props,
        oldOutputs: olds.props,
      }),
    );
    if (live === undefined) return new proto.ReadResponse();
    return new proto.ReadResponse()
      .setId(live.id)
      .setProperties(struct(live.outputs))
      .setInputs(struct(live.inputs ?? {}));
  };

  readonly update: Handler<proto.UpdateRequest, proto.UpdateResponse> = async (request) => {
    const news = open(request.getNews());
    const urn = request.getUrn();
    const live = await this.sealing(urn, news.secrets, () =>
      this.provider.update({
        ...this.identify(
          urn,
          request.getId(),
          news.props,
          request.getPreview(),
          request.getTimeout(),
        ),
        oldInputs: open(request.getOldInputs()).props,
        oldOutputs: open(request.getOlds()).props,
      }),
    );
    return new proto.UpdateResponse().setProperties(struct(live.outputs));
  };

  readonly delete: Handler<proto.DeleteRequest, Empty> = async (request) => {
    const oldInputs = open(request.getOldInputs()).props;
    await this.provider.delete({
      ...this.identify(request.getUrn(), request.getId(), oldInputs, false, request.getTimeout()),
      oldInputs,
      oldOutputs: open(request.getProperties()).props,
    });
    return new Empty();
  };

  readonly cancel: Handler<Empty, Empty> = () => new Empty();

  service(): grpc.UntypedServiceImplementation {
    const served = this as unknown as Record<string, Handler<unknown, unknown> | undefined>;
    return Object.fromEntries(
      Object.keys(ResourceProviderService).map((method) => [
        method,
        answering(method, method === "construct" ? this.construct : served[method]),
      ]),
    );
  }

  private identify(urn: string, id: string, inputs: Props, preview: boolean, timeout: number) {
    return { urn, id, inputs, preview, timeout, type: typeOf(urn), name: nameOf(urn) };
  }

  private seal(type: string, props: Props, secrets: readonly Path[]): Props {
    return asProps(sealSecrets(props, [...secrets, ...this.provider.secrets(type, props)]));
  }

  private sealLive(urn: string, live: Live, secrets: readonly Path[]): Live {
    const type = typeOf(urn);
    return {
      id: live.id,
      outputs: this.seal(type, live.outputs, secrets),
      inputs: live.inputs && this.seal(type, live.inputs, secrets),
    };
  }

  private async sealing<T extends Live | undefined>(
    urn: string,
    secrets: readonly Path[],
    operation: () => T | Promise<T>,
  ): Promise<T> {
    try {
      const live = await operation();
      return (live && this.sealLive(urn, live, secrets)) as T;
    } catch (error) {
      if (!(error instanceof NotReady)) throw error;
      throw new NotReady(error.message, this.sealLive(urn, error.live, secrets));
    }
  }
}

function answering<Request, Response>(method: string, handler?: Handler<Request, Response>) {
  return async (
    call: grpc.ServerUnaryCall<Request, Response>,
    done: grpc.sendUnaryData<Response>,
  ) => {
    if (!handler) return done({ code: grpc.status.UNIMPLEMENTED, message: method });
    try {
      done(null, await handler(call.request));
    } catch (error) {
      done(errorResponse(error));
    }
  };
}

function errorResponse(error: unknown): Partial<grpc.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof NotReady) metadata.set("grpc-status-details-bin", notReadyDetails(error));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

function notReadyDetails({ message, live }: NotReady): Buffer {
  const failed = new proto.ErrorResourceInitFailed()
    .setId(live.id)
    .setProperties(struct(live.outputs))
    .setReasonsList([message]);
  if (live.inputs) failed.setInputs(struct(live.inputs));
  const details = new Any();
  details.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(details);
  return Buffer.from(status.serializeBinary());
}

function checkFailure({ property, reason }: Failure): proto.CheckFailure {
  return new proto.CheckFailure().setProperty(property).setReason(reason);
}

const { Kind } = proto.PropertyDiff;
const KINDS: Record<ChangeKind, readonly [proto.PropertyDiff.Kind, proto.PropertyDiff.Kind]> = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
};

function diffResponse(difference: Difference): proto.DiffResponse {
  const { changes, replaces, deleteBeforeReplace } = difference;
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse()
    .setChanges(Object.keys(changes).length === 0 ? DIFF_NONE : DIFF_SOME)
    .setReplacesList([...replaces])
    .setDiffsList(Object.keys(changes))
    .setDeletebeforereplace(deleteBeforeReplace ?? false)
    .setHasdetaileddiff(true);
  for (const [path, kind] of Object.entries(changes)) {
    const [inPlace, replacing] = KINDS[kind];
    const detail = new proto.PropertyDiff().setInputdiff(true);
    detail.setKind(replaces.includes(path) ? replacing : inPlace);
    response.getDetaileddiffMap().set(path, detail);
  }
  return response;
}
