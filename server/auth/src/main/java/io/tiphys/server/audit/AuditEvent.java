package io.tiphys.server.audit;

import io.tiphys.api.ObjectCodec;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonWriter;
import io.tiphys.server.http.AuditNotes;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.User;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One event about a request, of level Metadata, in the form of upstream's audit.k8s.io/v1. Checked
 * against apis/audit/v1/types.go and audit/request.go of apiserver/pkg.
 *
 * @param user who asked; null when nobody knows
 * @param status null before there is an answer
 */
record AuditEvent(
    Stage stage,
    Request request,
    @Nullable User user,
    @Nullable Status status,
    AuditNotes.Known notes,
    Instant now) {
  /** Upstream's maxUserAgentLength. */
  private static final int MAX_USER_AGENT = 1024;

  private static final String CUT = "...TRUNCATED";

  /** How far the request has come. */
  enum Stage {
    RECEIVED("RequestReceived"),
    /** The answer has begun and goes on: watches, logs and sessions only. */
    STARTED("ResponseStarted"),
    COMPLETE("ResponseComplete"),
    PANIC("Panic");

    private final String text;

    Stage(String text) {
      this.text = text;
    }
  }

  byte[] toJson() {
    JsonWriter out = new JsonWriter();
    out.beginObject();
    member(out, "kind", "Event");
    member(out, "apiVersion", "audit.k8s.io/v1");
    member(out, "level", "Metadata");
    member(out, "auditID", request.scope().auditId());
    member(out, "stage", stage.text);
    String target = request.scope().target();
    member(out, "requestURI", target.isEmpty() ? request.path() : target);
    member(out, "verb", request.info().verb());
    out.name("user");
    user(out, user);
    if (notes.impersonated() != null) {
      out.name("impersonatedUser");
      user(out, notes.impersonated());
    }
    list(out, "sourceIPs", SourceAddresses.of(request));
    member(out, "userAgent", userAgent());
    if (request.info().resourceRequest()) {
      object(out, request.info());
    }
    if (status != null) {
      status(out, status);
    }
    out.name("requestReceivedTimestamp");
    out.writeMicroTime(notes.received() == null ? now : notes.received());
    out.name("stageTimestamp");
    out.writeMicroTime(now);
    if (!notes.annotations().isEmpty()) {
      out.name("annotations");
      out.beginObject();
      notes
          .annotations()
          .forEach(
              (key, value) -> {
                out.name(key);
                out.writeString(value);
              });
      out.endObject();
    }
    out.endObject();
    return out.toByteArray();
  }

  private String userAgent() {
    String agent = request.headers().getOrDefault("user-agent", "");
    return agent.length() <= MAX_USER_AGENT ? agent : agent.substring(0, MAX_USER_AGENT) + CUT;
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
  private void object(JsonWriter out, RequestInfo info) {
    ObjectMeta sent = notes.object() == null ? ObjectMeta.EMPTY : notes.object();
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

  private static void member(JsonWriter out, String name, String value) {
    if (!value.isEmpty()) {
      out.name(name);
      out.writeString(value);
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
