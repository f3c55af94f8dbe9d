package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ComponentStatus;
import io.tiphys.meta.selector.FieldSelector;
import io.tiphys.meta.selector.Selector;
import io.tiphys.meta.selector.SelectorException;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.Form;
import io.tiphys.server.cache.ListPage;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Output;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.Response;
import io.tiphys.server.kinds.ServedKind;
import io.tiphys.server.tables.TablePrinter;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * How those are who run the cluster: asked at each request and stored nowhere. Checked against
 * pkg/registry/core/componentstatus/rest.go.
 */
public final class ComponentStatuses implements Handler {
  private static final int OK = 200;

  private final ServedKind<ComponentStatus> kind;
  private final Rendering rendering;
  private final Supplier<List<ComponentStatus>> components;
  private final Form<ComponentStatus, PartialObject> metadata = Rendering.metadataForm();

  public ComponentStatuses(
      ServedKind<ComponentStatus> kind,
      TablePrinter tables,
      Supplier<List<ComponentStatus>> components) {
    this.kind = kind;
    this.components = components;
    rendering = new Rendering(tables);
  }

  /** Whether a request asks for them. */
  public static boolean fits(Request request) {
    RequestInfo info = request.info();
    return info.resourceRequest()
        && info.apiGroup().isEmpty()
        && info.resource().equals(CoreV1.COMPONENTSTATUSES.plural());
  }

  @Override
  public Response handle(Request request) {
    RequestInfo info = request.info();
    ResourceHandler.checkPath(kind.resource(), info);
    if (!info.subresource().isEmpty()) {
      throw Failures.noSuchResource();
    }
    return switch (info.verb()) {
      case "get" -> get(request);
      case "list" -> list(request);
      default -> throw Failures.methodNotAllowed();
    };
  }

  private Response get(Request request) {
    String name = request.info().name();
    for (ComponentStatus component : components.get()) {
      if (component.name().equals(name)) {
        Answer answer = Answer.to(request, Output.Endpoint.OBJECTS);
        return rendering.value(OK, ComponentStatus.TYPE, component, kind.table(), answer);
      }
    }
    throw ApiFailure.notFound(kind.resource(), name);
  }

  private Response list(Request request) {
    Predicate<ComponentStatus> chosen = chosen(request);
    List<Cached<ComponentStatus>> items =
        components.get().stream()
            .filter(chosen)
            .map(each -> Cached.unstored(ComponentStatus.TYPE, each.name(), 0, each))
            .toList();
    ListPage<ComponentStatus> page = new ListPage<>(items, 0, "", null);
    return rendering.list(kind, metadata, page, Answer.to(request, Output.Endpoint.OBJECTS));
  }

  private static Predicate<ComponentStatus> chosen(Request request) {
    try {
      Selector labels = Selector.parse(Parameters.text(request, "labelSelector"));
      FieldSelector fields = FieldSelector.parse(Parameters.text(request, "fieldSelector"));
      return component ->
          labels.matches(component.metadata().labels())
              && fields.matches(field -> field.equals("metadata.name") ? component.name() : "");
    } catch (SelectorException e) {
      throw ApiFailure.badRequest(String.valueOf(e.getMessage()));
    }
  }
}
