package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.meta.apply.FieldManager;
import io.tiphys.meta.apply.Typed;
import io.tiphys.server.admission.AdmissionRequest;
import io.tiphys.server.admission.AdmissionRequest.Subject;
import io.tiphys.server.authentication.VirtualResource.Asker;
import io.tiphys.server.http.Output;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.Response;
import io.tiphys.server.registry.Action.Answered;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The resources and subresources that are answered and never stored. What is created there goes the
 * way of every creation as far as the store. Checked against endpoints/handlers/create.go, which
 * does not know whether there is a storage.
 */
final class VirtualResources {
  private static final int CREATED = 201;

  private final VerbContext context;
  private final Map<Place, Endpoint<?>> endpoints = new HashMap<>();

  VirtualResources(VerbContext context, List<Action<?>> actions) {
    this.context = context;
    for (Action<?> action : actions) {
      endpoints.put(Place.of(action.resource(), action.subresource()), Endpoint.of(action));
    }
  }

  /** What a path names. */
  private record Place(String group, String version, String plural, String subresource) {
    static Place of(Resource<?> resource, String subresource) {
      return new Place(resource.group(), resource.version(), resource.plural(), subresource);
    }

    static Place of(RequestInfo info) {
      return new Place(info.apiGroup(), info.apiVersion(), info.resource(), info.subresource());
    }
  }

  /** An action with the manager of the fields of what it takes. */
  private record Endpoint<T extends ApiObject>(Action<T> action, FieldManager manager) {
    static <T extends ApiObject> Endpoint<T> of(Action<T> action) {
      ObjectType<T> type = action.type();
      return new Endpoint<>(
          action,
          new FieldManager(
              new FieldManager.Endpoint(
                  type.gvk(),
                  type.schema(),
                  ManagedFields.empty(type),
                  Typed.Versions.NONE,
                  FieldFilter.NONE,
                  action.subresource())));
    }
  }

  /** The answer, if the request asks such a resource; else null. */
  @Nullable Response handle(Request request) throws InterruptedException {
    Endpoint<?> endpoint = endpoints.get(Place.of(request.info()));
    return endpoint == null ? null : handle(endpoint, request);
  }

  private <T extends ApiObject> Response handle(Endpoint<T> endpoint, Request request)
      throws InterruptedException {
    RequestInfo info = request.info();
    Action<T> action = endpoint.action();
    ResourceHandler.checkPath(action.resource(), info);
    ResourceHandler.checkSegment(info);
    if (!info.verb().equals("create")) {
      throw Failures.methodNotAllowed();
    }
    Answer answer = Answer.to(request, Output.Endpoint.QUESTIONS);
    Call call = Parameters.call(request, "CreateOptions");
    T asked = Bodies.read(request, action.type(), call);
    request.scope().audit().sent(asked.metadata(), () -> ObjectCodec.toJson(action.type(), asked));
    Asker asker = new Asker(call.user(), info.namespace(), info.name());
    Answered<?> answered = perform(endpoint, call, asker, asked);
    if (answered.value() instanceof Status done) {
      request.scope().audit().answered(done);
    }
    return rendered(answered, answer.with(call.warnings()));
  }

  private static <R> Response rendered(Answered<R> answered, Answer answer) {
    return Rendering.value(CREATED, answered.type(), answered.value(), answer);
  }

  /** The answer to a component of this process. */
  @SuppressWarnings("unchecked") // the type is the one of the object's class
  <T extends ApiObject> Answered<?> perform(
      Resource<?> resource, String subresource, Call call, Asker asker, T asked)
      throws InterruptedException {
    Endpoint<?> endpoint = endpoints.get(Place.of(resource, subresource));
    if (endpoint == null || !endpoint.action().type().equals(asked.type())) {
      throw Failures.noSuchResource();
    }
    return perform((Endpoint<T>) endpoint, call, asker, asked);
  }

  private <T extends ApiObject> Answered<?> perform(
      Endpoint<T> endpoint, Call call, Asker asker, T sent) throws InterruptedException {
    Action<T> action = endpoint.action();
    T asked = action.defaults().apply(sent);
    ObjectMeta meta = asked.metadata();
    meta = action.keepsSystemFields() ? meta : Metadata.wiped(meta);
    meta = Metadata.inNamespace(meta, action.resource(), asker.namespace());
    meta = Metadata.distinctOwners(meta, call.warnings());
    asked = Metadata.with(asked, meta);
    if (action.shown()) {
      asked = context.managedFields().created(endpoint.manager(), call, asked);
    }
    String name = asker.name().isEmpty() ? asked.name() : asker.name();
    Subject subject = new Subject(action.resource(), action.subresource(), asker.namespace(), name);
    AdmissionRequest request = AdmissionRequest.create(subject, asked, call.caller());
    ApiObject admitted = context.admission().admit(request);
    if (admitted != null) {
      @SuppressWarnings("unchecked") // plugins keep the kind
      T kept = (T) admitted;
      asked = kept;
    }
    action.check().check(asker, asked);
    context.admission().validate(request.withObject(asked));
    return action.deed().perform(call, asker, asked);
  }
}
