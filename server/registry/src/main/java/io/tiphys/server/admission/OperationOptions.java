package io.tiphys.server.admission;

import io.tiphys.api.ObjectCodec;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.codec.Json;
import java.util.List;

/**
 * How a client wants something done, as it said it: defaults are not filled in. Upstream's
 * CreateOptions, UpdateOptions and DeleteOptions of meta/v1.
 */
public sealed interface OperationOptions {
  String API_VERSION = "meta.k8s.io/v1";

  /** Nothing is said: connections have no options. */
  OperationOptions NONE = new None();

  /** The options as an object, as webhooks and policies see them; empty where there are none. */
  Json.Obj toTree(Operation operation);

  /** No options. */
  record None() implements OperationOptions {
    @Override
    public Json.Obj toTree(Operation operation) {
      return Json.Obj.EMPTY;
    }
  }

  /**
   * Options of a creation or an update. Those of a patch become these, without {@code force}, as in
   * endpoints/handlers/patch.go.
   */
  record Write(List<String> dryRun, String fieldManager, String fieldValidation)
      implements OperationOptions {
    @Override
    public Json.Obj toTree(Operation operation) {
      Json.Obj.Builder tree =
          Json.Obj.builder()
              .put("kind", operation == Operation.CREATE ? "CreateOptions" : "UpdateOptions")
              .put("apiVersion", API_VERSION);
      if (!dryRun.isEmpty()) {
        tree.put("dryRun", new Json.Arr(dryRun.stream().<Json>map(Json.Str::new).toList()));
      }
      if (!fieldManager.isEmpty()) {
        tree.put("fieldManager", fieldManager);
      }
      if (!fieldValidation.isEmpty()) {
        tree.put("fieldValidation", fieldValidation);
      }
      return tree.build();
    }
  }

  /** Options of a deletion. */
  record Deletion(DeleteOptions options) implements OperationOptions {
    @Override
    public Json.Obj toTree(Operation operation) {
      return ObjectCodec.toTree(DeleteOptions.TYPE, options)
          .with("kind", new Json.Str("DeleteOptions"))
          .with("apiVersion", new Json.Str(API_VERSION));
    }
  }
}
