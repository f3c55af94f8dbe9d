package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.codec.Json;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.meta.apply.FieldManager;
import io.tiphys.meta.apply.Typed;
import io.tiphys.server.admission.AdmissionRequest;
import io.tiphys.server.admission.Operation;
import io.tiphys.server.authentication.VirtualResource;
import io.tiphys.server.authentication.VirtualResource.Asker;
import io.tiphys.server.http.Output;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The resources that are answered and never stored. What is created there goes the way of every
 * creation as far as the store. Checked against endpoints/handlers/create.go, which does not know
 * whether there is a storage.
 */
final class VirtualResources {
  private static final int CREATED = 201;

  private final VerbContext context;
  private final List<Endpoint<?>> endpoints;

  VirtualResources(VerbContext context, List<VirtualResource<?>> resources) {
    this.context = context;
    endpoints = resources.stream().<Endpoint<?>>map(Endpoint::of).toList();
  }

  /** A resource with the manager of its fields. */
  private record Endpoint<T extends ApiObject>(VirtualResource<T> at, FieldManager manager) {
    static <T extends ApiObject> Endpoint<T> of(VirtualResource<T> at) {
      ObjectType<T> type = at.type();
      Json.Obj empty = ObjectCodec.toTree(type, ObjectCodec.fromTree(type, Json.Obj.EMPTY));
      return new Endpoint<>(
          at,
          new FieldManager(
              new FieldManager.Endpoint(
                  type.gvk(),
                  type.schema(),
                  empty,
                  Typed.Versions.NONE,
                  FieldFilter.NONE,
                  at.subresource())));
    }

    boolean is(Resource<?> resource, String subresource) {
      return at.resource().equals(resource) && at.subresource().equals(subresource);
    }

    boolean is(RequestInfo info) {
      Resource<?> resource = at.resource();
      return resource.plural().equals(info.resource())
          && at.subresource().equals(info.subresource())
          && resource.group().equals(info.apiGroup())
          && resource.version().equals(info.apiVersion());
    }
  }

  /** The answer, if the request asks such a resource; else null. */
  @Nullable Response handle(Request request) throws InterruptedException {
    for (Endpoint<?> endpoint : endpoints) {
      if (endpoint.is(request.info())) {
        return handle(endpoint, request);
      }
    }
    return null;
  }

  private <T extends ApiObject> Response handle(Endpoint<T> endpoint, Request request)
      throws InterruptedException {
    RequestInfo info = request.info();
    ResourceHandler.checkPath(endpoint.at().resource(), info);
    if (!info.verb().equals("create")) {
      throw Failures.methodNotAllowed();
    }
    Answer answer = Answer.to(request, Output.Endpoint.QUESTIONS);
    Call call = Parameters.call(request, "CreateOptions");
    T question = Bodies.read(request, endpoint.at().type(), call);
    request.scope().audit().sent(question.metadata());
    T answered = answer(endpoint, call, info.namespace(), info.name(), question);
    return Rendering.value(CREATED, endpoint.at().type(), answered, answer.with(call.warnings()));
  }

  /**
   * The answer to a question of this process.
   *
   * @param name empty where the path has none
   */
  @SuppressWarnings("unchecked") // the type is the one of the question's class
  <T extends ApiObject> T answer(
      Resource<?> resource,
      String subresource,
      Call call,
      String namespace,
      String name,
      T question)
      throws InterruptedException {
    for (Endpoint<?> endpoint : endpoints) {
      boolean fits =
          endpoint.is(resource, subresource) && endpoint.at().type().equals(question.type());
      if (fits) {
        return answer((Endpoint<T>) endpoint, call, namespace, name, question);
      }
    }
    throw Failures.noSuchResource();
  }

  private <T extends ApiObject> T answer(
      Endpoint<T> endpoint, Call call, String namespace, String name, T question)
      throws InterruptedException {
    VirtualResource<T> at = endpoint.at();
    T asked = at.defaults().apply(question);
    ObjectMeta meta = asked.metadata();
    meta = at.keepsSystemFields() ? meta : Metadata.wiped(meta);
    meta = Metadata.inNamespace(meta, at.resource(), namespace);
    meta = Metadata.distinctOwners(meta, call.warnings());
    asked = context.managedFields().created(endpoint.manager(), call, Metadata.with(asked, meta));
    AdmissionRequest request =
        new AdmissionRequest(
            Operation.CREATE,
            at.resource(),
            at.subresource(),
            namespace,
            name.isEmpty() ? asked.name() : name,
            asked,
            null,
            call.user(),
            call.dryRun());
    ApiObject admitted = context.admission().admit(request);
    if (admitted != null) {
      @SuppressWarnings("unchecked") // plugins keep the kind
      T kept = (T) admitted;
      asked = kept;
    }
    context.admission().validate(request.withObject(asked));
    return at.answer().to(new Asker(call.user(), namespace, name), asked);
  }
}
