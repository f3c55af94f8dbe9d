package io.tiphys.client.fake;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.codec.Json;
import io.tiphys.meta.selector.FieldSelector;
import io.tiphys.meta.selector.Selector;

/** Which objects a list or watch is about. Any field path of the object may be selected by. */
record Selection(String namespace, Selector labels, FieldSelector fields) {

  static Selection of(String namespace, String labels, String fields) {
    return new Selection(namespace, Selector.parse(labels), FieldSelector.parse(fields));
  }

  boolean matches(ApiObject object) {
    return (namespace.isEmpty() || namespace.equals(object.namespace()))
        && labels.matches(object.metadata().labels())
        && (fields.isEmpty() || matchesFields(ObjectCodec.toTree(object)));
  }

  private boolean matchesFields(Json.Obj tree) {
    return fields.matches(path -> text(tree, path));
  }

  private static String text(Json tree, String path) {
    Json value = tree;
    for (String name : path.split("\\.", -1)) {
      value = value instanceof Json.Obj object ? object.get(name) : null;
      if (value == null) {
        return "";
      }
    }
    return value instanceof Json.Str string ? string.value() : value.text();
  }
}
