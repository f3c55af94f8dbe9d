package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.api.autoscaling.v1.Scale;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.meta.GoText;
import io.tiphys.meta.Names;
import io.tiphys.meta.selector.FieldSelector;
import io.tiphys.server.cache.CacheWatch;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.ListPage;
import io.tiphys.server.cache.Selection;
import io.tiphys.server.http.Encoding;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.MustWait;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.Response;
import io.tiphys.server.kinds.Subresource;
import io.tiphys.server.registry.Deletes.Deleted;
import io.tiphys.server.registry.Parameters.WatchQuery;
import io.tiphys.server.registry.Updates.Updated;
import io.tiphys.server.streams.WebSocketMessages;
import io.tiphys.server.streams.WebSocketMessages.Form;
import io.tiphys.server.tables.TablePrinter;
import io.tiphys.server.tables.Tables;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Answers requests for resources that are stored: the last step of the pipeline. */
public final class ResourceHandler implements Handler {
  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int ACCEPTED = 202;

  /** Upstream's --min-request-timeout: watches last this long, up to twice as long, by chance. */
  private static final long MIN_WATCH_SECONDS = 1800;

  /**
   * However long a client asks for: a day. Whoever watches starts anew when a watch ends, and one
   * that nobody reads any more does not stay for ever.
   */
  private static final long MAX_WATCH_SECONDS = 24 * 3600;

  private final LiveResources resources;
  private final Verbs verbs;
  private final Scales scales;
  private final VirtualResources virtual;
  private final Rendering rendering;

  ResourceHandler(
      LiveResources resources, Verbs verbs, TablePrinter tables, VirtualResources virtual) {
    this.resources = resources;
    this.verbs = verbs;
    this.virtual = virtual;
    scales = new Scales(verbs);
    rendering = new Rendering(tables);
  }

  private @Nullable Served<?, ?> find(RequestInfo info) {
    return resources.current().find(info.apiGroup(), info.apiVersion(), info.resource());
  }

  /** Only reading one object is tried at once; see {@link #getAtOnce} for what becomes of it. */
  @Override
  public boolean mayBlock(Request request) {
    RequestInfo info = request.info();
    return !info.verb().equals("get") || !info.subresource().isEmpty();
  }

  @Override
  public Response handle(Request request) throws InterruptedException {
    if (request.info().further()) {
      throw Failures.noSuchResource();
    }
    Response answered = virtual.handle(request);
    if (answered != null) {
      return answered;
    }
    Served<?, ?> served = find(request.info());
    if (served == null) {
      throw Failures.noSuchResource();
    }
    return handle(served, request);
  }

  private <T extends ApiObject> Response handle(Served<T, ?> served, Request request)
      throws InterruptedException {
    RequestInfo info = request.info();
    checkPath(served.resource(), info);
    checkSegment(info);
    if (info.subresource().isEmpty()) {
      return object(served, request);
    }
    Subresource part = served.kind().subresources().get(info.subresource());
    if (part == null) {
      throw Failures.noSuchResource();
    }
    if (!part.verbs().contains(info.verb())) {
      throw Failures.methodNotAllowed();
    }
    return switch (part) {
      case Subresource.Scale _ -> scale(served, request);
      case Subresource.Part _ -> part(served, request);
      // Where they are served, they were answered before.
      case Subresource.Action _, Subresource.Connection _, Subresource.Text _ ->
          throw Failures.noSuchResource();
    };
  }

  /** Refuses what upstream's installer makes no route for; endpoints/installer.go. */
  static void checkPath(Resource<?> resource, RequestInfo info) {
    boolean namespaces = resource.plural().equals("namespaces");
    boolean everywhere = resource.namespaced() && info.namespace().isEmpty();
    if (!resource.namespaced() && !namespaces && !info.namespace().isEmpty()) {
      throw Failures.noSuchResource();
    }
    boolean named = !info.name().isEmpty() && !info.verb().equals("list");
    if (everywhere && named && !info.verb().equals("watch")) {
      throw Failures.noSuchResource();
    }
    boolean routed =
        switch (info.verb()) {
          case "create" -> !everywhere && (info.name().isEmpty() || !info.subresource().isEmpty());
          case "update", "patch" -> !info.name().isEmpty();
          case "deletecollection" -> !everywhere && !namespaces;
          default -> true;
        };
    if (!routed) {
      throw Failures.methodNotAllowed();
    }
  }

  /** Upstream's NamespaceKeyFunc of registry/generic/registry: a name is a segment of a key. */
  static void checkSegment(RequestInfo info) {
    String name = info.name();
    boolean collection =
        switch (info.verb()) {
          case "list", "watch", "deletecollection" -> true;
          default -> false;
        };
    List<String> problems = collection ? List.of() : Names.pathSegmentName(name);
    if (!name.isEmpty() && !problems.isEmpty()) {
      throw ApiFailure.badRequest(
          "Name parameter invalid: %s: %s"
              .formatted(GoText.quote(name), String.join(";", problems)));
    }
  }

  private <T extends ApiObject> Response object(Served<T, ?> served, Request request)
      throws InterruptedException {
    return switch (request.info().verb()) {
      case "get" -> get(served, request);
      case "list" -> list(served, request);
      case "watch" -> watch(served, request);
      case "create" -> create(served, request);
      case "update" -> update(served, request);
      case "patch" -> patch(served, request);
      case "delete" -> delete(served, request);
      case "deletecollection" -> deleteAll(served, request);
      default -> throw Failures.methodNotAllowed();
    };
  }

  /** A subresource that is a part of the object. */
  private <T extends ApiObject> Response part(Served<T, ?> served, Request request)
      throws InterruptedException {
    return switch (request.info().verb()) {
      case "get" -> get(served, request);
      case "update" -> update(served, request);
      case "patch" -> patch(served, request);
      default -> throw Failures.methodNotAllowed();
    };
  }

  private <T extends ApiObject> Response get(Served<T, ?> served, Request request)
      throws InterruptedException {
    Answer answer = Answer.to(served, request);
    RequestInfo info = request.info();
    String version = Parameters.text(request, "resourceVersion");
    Cached<T> object =
        request.scope().mayWait()
            ? verbs.get(served, info.namespace(), info.name(), version)
            : getAtOnce(served, request, version, answer);
    return rendering.object(served, OK, object, answer);
  }

  /**
   * On an event loop: the object, if the cache is new enough and its bytes are there as they will
   * be sent.
   */
  private <T extends ApiObject> Cached<T> getAtOnce(
      Served<T, ?> served, Request request, String version, Answer answer) {
    RequestInfo info = request.info();
    Cached<T> object = verbs.getAtOnce(served, info.namespace(), info.name(), version);
    if (object == null || !rendering.isPrepared(object, answer)) {
      MustWait.unlessMayWait(request);
    }
    return Objects.requireNonNull(object);
  }

  private <T extends ApiObject> Response list(Served<T, ?> served, Request request)
      throws InterruptedException {
    Answer answer = Answer.to(served, request);
    return rendering.list(served, verbs.list(served, Parameters.list(request, served)), answer);
  }

  private <T extends ApiObject> Response watch(Served<T, ?> served, Request request)
      throws InterruptedException {
    Answer answer = Answer.stream(served, request);
    WatchQuery query = Parameters.watch(request);
    FieldSelector fields = Parameters.fields(request, served.resource());
    Selection<T> selection =
        Selections.of(served, request.info().namespace(), Parameters.labels(request), fields);
    boolean webSocket = WebSocketMessages.wanted(request);
    CacheWatch<?, T> watch;
    try {
      watch = verbs.watch(served, selection, query);
    } catch (ApiFailure failure) {
      if (!failure.isGone()) {
        throw failure;
      }
      // As upstream does, once the watch was understood, errors are events of it.
      return watching(request, answer, WatchAnswer.failed(answer, failure, webSocket));
    }
    VerbContext context = verbs.context();
    long seconds =
        query.timeoutSeconds() == 0
            ? MIN_WATCH_SECONDS + context.random().nextLong(MIN_WATCH_SECONDS)
            : Math.clamp(query.timeoutSeconds(), 0, MAX_WATCH_SECONDS);
    return watching(
        request,
        answer,
        new WatchAnswer<>(
            served,
            watch,
            rendering,
            answer,
            webSocket,
            context.clock(),
            Duration.ofSeconds(seconds)));
  }

  private static Response watching(Request request, Answer answer, Response.Body events) {
    Encoding encoding = answer.output().encoding();
    return WebSocketMessages.wanted(request)
        ? WebSocketMessages.watch(
            request, encoding == Encoding.JSON ? Form.TEXT : Form.BINARY, events)
        : new Response.Streaming(OK, encoding.streamType(), events, answer.headers());
  }

  private <T extends ApiObject> Response create(Served<T, ?> served, Request request)
      throws InterruptedException {
    Answer answer = Answer.to(served, request);
    Call call = Parameters.call(request, "CreateOptions");
    T object = Bodies.read(request, served.resource().type(), call);
    request.scope().audit().sent(object.metadata(), () -> json(served, object));
    Cached<T> created = verbs.create(served, call, request.info().namespace(), object);
    return rendering.object(served, CREATED, created, answer.with(call.warnings()));
  }

  /** As upstream's decoder hands it on: with defaults. */
  private static <T extends ApiObject> byte[] json(Served<T, ?> served, T object) {
    return ObjectCodec.toJson(served.resource().type(), served.defaults(object));
  }

  private <T extends ApiObject> Response update(Served<T, ?> served, Request request)
      throws InterruptedException {
    Answer answer = Answer.to(served, request);
    Call call = Parameters.call(request, "UpdateOptions");
    T object = Bodies.read(request, served.resource().type(), call);
    request.scope().audit().sent(object.metadata(), () -> json(served, object));
    Updated<T> updated = verbs.update(served, call, target(request), object);
    return rendering.object(
        served, updated.created() ? CREATED : OK, updated.object(), answer.with(call.warnings()));
  }

  private <T extends ApiObject> Response patch(Served<T, ?> served, Request request)
      throws InterruptedException {
    PatchBody body = PatchBody.read(served, request);
    Answer answer = Answer.to(served, request);
    Call call = Parameters.call(request, "PatchOptions");
    Updated<T> updated = verbs.patch(served, call, target(request), body);
    return rendering.object(
        served, updated.created() ? CREATED : OK, updated.object(), answer.with(call.warnings()));
  }

  private static Patches.Target target(Request request) {
    RequestInfo info = request.info();
    return new Patches.Target(info.namespace(), info.name(), info.subresource());
  }

  private <T extends ApiObject> Response delete(Served<T, ?> served, Request request)
      throws InterruptedException {
    Answer answer = Answer.to(served, request);
    DeleteOptions options = DeleteRequests.options(request);
    Call call = DeleteRequests.call(request, options);
    RequestInfo info = request.info();
    Deleted<T> deleted = verbs.delete(served, call, info.namespace(), info.name(), options);
    boolean accepted = !deleted.gone() && Boolean.FALSE.equals(options.orphanDependents());
    int code = accepted ? ACCEPTED : OK;
    if (DeleteRequests.answersObject(served.resource(), deleted.gone())) {
      return rendering.object(served, code, deleted.object(), answer);
    }
    Status done = DeleteRequests.success(served.resource(), deleted.object());
    request.scope().audit().answered(done);
    return Rendering.value(code, Status.TYPE, done, answer);
  }

  private <T extends ApiObject> Response deleteAll(Served<T, ?> served, Request request)
      throws InterruptedException {
    Answer answer = Answer.to(served, request);
    DeleteOptions options = DeleteRequests.options(request);
    Call call = DeleteRequests.call(request, options);
    ListPage<T> deleted = verbs.deleteAll(served, call, Parameters.list(request, served), options);
    return rendering.list(served, deleted, answer);
  }

  private <T extends ApiObject> Response scale(Served<T, ?> served, Request request)
      throws InterruptedException {
    Answer answer = Answer.to(served, request);
    RequestInfo info = request.info();
    return switch (info.verb()) {
      case "get" -> {
        Scale scale = scales.get(served, info.namespace(), info.name());
        yield scale(scale, answer);
      }
      case "update" -> {
        Call call = Parameters.call(request, "UpdateOptions");
        Scale wished = Bodies.read(request, Scale.TYPE, call);
        request.scope().audit().sent(wished.metadata(), () -> ObjectCodec.toJson(wished));
        Scale scale = scales.update(served, call, target(request), wished);
        yield scale(scale, answer.with(call.warnings()));
      }
      case "patch" -> {
        PatchBody body = PatchBody.read(request);
        Call call = Parameters.call(request, "PatchOptions");
        Scale scale = scales.patch(served, call, target(request), body);
        yield scale(scale, answer.with(call.warnings()));
      }
      default -> throw Failures.methodNotAllowed();
    };
  }

  private Response scale(Scale scale, Answer answer) {
    return rendering.value(OK, Scale.TYPE, scale, Tables.SCALE, answer);
  }
}
