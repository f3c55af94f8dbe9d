package io.tiphys.server.tables;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.ListMeta;
import io.tiphys.base.Clock;
import io.tiphys.codec.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Tables as kubectl prints them: the shapes of {@link Tables} in the wire form of meta.k8s.io/v1.
 */
public final class KubectlTables implements TablePrinter {
  private final Clock clock;

  /**
   * @param clock what ages are counted by
   */
  public KubectlTables(Clock clock) {
    this.clock = clock;
  }

  @Override
  public <T extends ApiObject> Json.Obj print(
      TableShape<? super T> shape, List<T> objects, ListMeta metadata, TableOptions options) {
    Instant now = clock.now();
    List<Json> rows = new ArrayList<>(objects.size());
    for (T object : objects) {
      Json.Obj.Builder row =
          Json.Obj.builder().put("cells", new Json.Arr(shape.row().cells(object, now)));
      if (object instanceof Pod pod) {
        PodRow.condition(pod).ifPresent(c -> row.put("conditions", new Json.Arr(List.of(c))));
      }
      include(row, object, options.include());
      rows.add(row.build());
    }
    Json.Obj.Builder table =
        Json.Obj.builder()
            .put("kind", "Table")
            .put("apiVersion", "meta.k8s.io/v1")
            .put("metadata", metadata(metadata));
    table.put(
        "columnDefinitions",
        options.columnDefinitions()
            ? new Json.Arr(shape.columns().stream().map(KubectlTables::column).toList())
            : Json.Null.NULL);
    return table.put("rows", new Json.Arr(rows)).build();
  }

  private static void include(Json.Obj.Builder row, ApiObject object, Include include) {
    switch (include) {
      case NONE -> {} // nothing of the object goes along
      case METADATA ->
          row.put(
              "object",
              Json.Obj.builder()
                  .put("kind", "PartialObjectMetadata")
                  .put("apiVersion", "meta.k8s.io/v1")
                  .put(
                      "metadata",
                      ObjectCodec.toTree(object).members().getOrDefault("metadata", Json.Obj.EMPTY))
                  .build());
      case OBJECT -> row.put("object", ObjectCodec.toTree(object));
    }
  }

  private static Json metadata(ListMeta metadata) {
    Json.Obj.Builder out = Json.Obj.builder();
    if (!metadata.resourceVersion().isEmpty()) {
      out.put("resourceVersion", metadata.resourceVersion());
    }
    if (!metadata.continue_().isEmpty()) {
      out.put("continue", metadata.continue_());
    }
    if (metadata.remainingItemCount() != null) {
      out.put("remainingItemCount", metadata.remainingItemCount());
    }
    return out.build();
  }

  private static Json column(TableShape.Column column) {
    return Json.Obj.builder()
        .put("name", column.name())
        .put("type", column.type())
        .put("format", column.format())
        .put("description", column.description())
        .put("priority", column.priority())
        .build();
  }
}
