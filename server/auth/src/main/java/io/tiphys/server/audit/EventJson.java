package io.tiphys.server.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ObjectCodec;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonWriter;
import io.tiphys.server.http.AuditNotes;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Events as JSON, each field where Go writes it. */
final class EventJson {
  private static final String VERSION = "audit.k8s.io/v1";

  private EventJson() {}

  /** One event, as a log holds it. */
  static byte[] of(AuditEvent event) {
    JsonWriter out = new JsonWriter();
    out.beginObject();
    always(out, "kind", "Event");
    always(out, "apiVersion", VERSION);
    members(out, event);
    out.endObject();
    return out.toByteArray();
  }

  /** Several, as they are sent. */
  static byte[] list(List<AuditEvent> events) {
    JsonWriter out = new JsonWriter();
    out.beginObject();
    always(out, "kind", "EventList");
    always(out, "apiVersion", VERSION);
    out.name("metadata");
    out.beginObject();
    out.endObject();
    out.name("items");
    out.beginArray();
    for (AuditEvent event : events) {
      out.beginObject();
      members(out, event);
      out.endObject();
    }
    out.endArray();
    out.endObject();
    return out.toByteArray();
  }

  private static void members(JsonWriter out, AuditEvent event) {
    AuditNotes.Known notes = event.notes();
    always(out, "level", event.level().text());
    always(out, "auditID", event.auditId());
    always(out, "stage", event.stage().text());
    always(out, "requestURI", event.uri());
    always(out, "verb", event.info().verb());
    out.name("user");
    user(out, event.user());
    if (notes.impersonated() != null) {
      out.name("impersonatedUser");
      user(out, notes.impersonated());
    }
    if (!notes.constraint().isEmpty()) {
      out.name("authenticationMetadata");
      out.beginObject();
      always(out, "impersonationConstraint", notes.constraint());
      out.endObject();
    }
    list(out, "sourceIPs", event.sourceIps());
    member(out, "userAgent", event.userAgent());
    if (event.info().resourceRequest()) {
      reference(out, event.info(), notes.object());
    }
    if (event.status() != null) {
      status(out, event.status());
    }
    object(out, "requestObject", notes.requestObject(), event.omitManagedFields());
    object(out, "responseObject", notes.responseObject(), event.omitManagedFields());
    out.name("requestReceivedTimestamp");
    out.writeMicroTime(event.received());
    out.name("stageTimestamp");
    out.writeMicroTime(event.reached());
    annotations(out, notes.annotations());
  }

  private static void annotations(JsonWriter out, Map<String, String> annotations) {
    if (annotations.isEmpty()) {
      return;
    }
    out.name("annotations");
    out.beginObject();
    annotations.forEach((key, value) -> always(out, key, value));
    out.endObject();
  }

  private static void user(JsonWriter out, @Nullable User user) {
    out.beginObject();
    if (user != null) {
      member(out, "username", user.name());
      member(out, "uid", user.uid());
      list(out, "groups", user.groups());
      if (!user.extra().isEmpty()) {
        out.name("extra");
        out.beginObject();
        for (Map.Entry<String, List<String>> extra : new TreeMap<>(user.extra()).entrySet()) {
          out.name(extra.getKey());
          list(out, extra.getValue());
        }
        out.endObject();
      }
    }
    out.endObject();
  }

  /** What the path does not say, the object that was sent does. */
  private static void reference(JsonWriter out, RequestInfo info, @Nullable ObjectMeta object) {
    ObjectMeta sent = object == null ? ObjectMeta.EMPTY : object;
    out.name("objectRef");
    out.beginObject();
    member(out, "resource", info.resource());
    member(out, "namespace", info.namespace().isEmpty() ? sent.namespace() : info.namespace());
    member(out, "name", info.name().isEmpty() ? sent.name() : info.name());
    member(out, "uid", sent.uid());
    member(out, "apiGroup", info.apiGroup());
    member(out, "apiVersion", info.apiVersion());
    member(out, "resourceVersion", sent.resourceVersion());
    member(out, "subresource", info.subresource());
    out.endObject();
  }

  private static void status(JsonWriter out, Status status) {
    out.name("responseStatus");
    out.beginObject();
    out.name("metadata");
    out.beginObject();
    out.endObject();
    member(out, "status", status.status());
    member(out, "message", status.message());
    member(out, "reason", status.reason());
    if (ObjectCodec.toTree(Status.TYPE, status).get("details") instanceof Json.Obj details) {
      out.name("details");
      out.writeTree(details);
    }
    out.name("code");
    out.writeLong(status.code());
    out.endObject();
  }

  private static void object(
      JsonWriter out, String name, byte @Nullable [] json, boolean omitManagedFields) {
    if (json != null) {
      Json tree = parsed(json);
      out.name(name);
      out.writeTree(omitManagedFields ? withoutManagedFields(tree) : tree);
    }
  }

  /** A patch may be anything; what is no JSON is told as text. */
  private static Json parsed(byte[] sent) {
    try {
      return Json.parse(sent);
    } catch (CodecException e) {
      return Json.of(new String(sent, UTF_8));
    }
  }

  /** Of an object, of each item of a list and of the object of each row of a table. */
  private static Json withoutManagedFields(Json tree) {
    if (!(tree instanceof Json.Obj object)) {
      return tree;
    }
    Json.Obj bare = object;
    if (object.get("metadata") instanceof Json.Obj metadata) {
      bare = bare.with("metadata", metadata.without("managedFields"));
    }
    if (object.get("items") instanceof Json.Arr(List<Json> items)) {
      bare = bare.with("items", each(items, EventJson::withoutManagedFields));
    }
    if (object.get("rows") instanceof Json.Arr(List<Json> rows)) {
      bare =
          bare.with(
              "rows",
              each(
                  rows,
                  row ->
                      row instanceof Json.Obj cells && cells.get("object") instanceof Json.Obj of
                          ? cells.with("object", withoutManagedFields(of))
                          : row));
    }
    return bare;
  }

  private static Json each(List<Json> all, UnaryOperator<Json> change) {
    List<Json> changed = new ArrayList<>(all.size());
    all.forEach(one -> changed.add(change.apply(one)));
    return new Json.Arr(changed);
  }

  private static void always(JsonWriter out, String name, String value) {
    out.name(name);
    out.writeString(value);
  }

  private static void member(JsonWriter out, String name, String value) {
    if (!value.isEmpty()) {
      always(out, name, value);
    }
  }

  private static void list(JsonWriter out, String name, List<String> values) {
    if (!values.isEmpty()) {
      out.name(name);
      list(out, values);
    }
  }

  private static void list(JsonWriter out, List<String> values) {
    out.beginArray();
    values.forEach(out::writeString);
    out.endArray();
  }
}
