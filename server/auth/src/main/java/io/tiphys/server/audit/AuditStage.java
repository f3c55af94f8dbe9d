package io.tiphys.server.audit;

import io.tiphys.api.ApiFailure;
import io.tiphys.base.Clock;
import io.tiphys.codec.JsonWriter;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.MustWait;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.Stage;
import java.time.Instant;
import java.util.List;

/**
 * Writes an event of level Metadata for every answered request about a resource, in the form of
 * upstream's audit.k8s.io/v1.
 */
public final class AuditStage implements Stage {
  private final AuditLog log;
  private final Clock clock;

  public AuditStage(AuditLog log, Clock clock) {
    this.log = log;
    this.clock = clock;
  }

  @Override
  public Response pass(Request request, Handler next) throws InterruptedException {
    if (!log.wanted() || !request.info().resourceRequest()) {
      return next.handle(request);
    }
    Instant received = clock.now();
    int code = 500;
    boolean ended = true;
    try {
      Response response = next.handle(request);
      code =
          switch (response) {
            case Response.Full full -> full.status();
            case Response.Streaming streaming -> streaming.status();
            case Response.Upgrade _ -> 101;
          };
      return response;
    } catch (ApiFailure failure) {
      code = failure.code();
      throw failure;
    } catch (MustWait again) {
      ended = false;
      throw again;
    } finally {
      if (ended) {
        log.record(event(request, received, code));
      }
    }
  }

  private byte[] event(Request request, Instant received, int code) {
    JsonWriter out = new JsonWriter();
    out.beginObject();
    member(out, "kind", "Event");
    member(out, "apiVersion", "audit.k8s.io/v1");
    member(out, "level", "Metadata");
    member(out, "auditID", request.scope().auditId());
    member(out, "stage", "ResponseComplete");
    member(out, "requestURI", request.path());
    member(out, "verb", request.info().verb());
    user(out, request);
    out.name("sourceIPs");
    list(out, List.of(request.peer().address()));
    member(out, "userAgent", request.headers().getOrDefault("user-agent", ""));
    object(out, request.info());
    out.name("responseStatus");
    out.beginObject();
    out.name("metadata");
    out.beginObject();
    out.endObject();
    out.name("code");
    out.writeLong(code);
    out.endObject();
    out.name("requestReceivedTimestamp");
    out.writeMicroTime(received);
    out.name("stageTimestamp");
    out.writeMicroTime(clock.now());
    out.endObject();
    return out.toByteArray();
  }

  private static void user(JsonWriter out, Request request) {
    out.name("user");
    out.beginObject();
    member(out, "username", request.user().name());
    out.name("groups");
    list(out, request.user().groups());
    out.endObject();
  }

  private static void object(JsonWriter out, RequestInfo info) {
    out.name("objectRef");
    out.beginObject();
    member(out, "resource", info.resource());
    member(out, "namespace", info.namespace());
    member(out, "name", info.name());
    member(out, "apiGroup", info.apiGroup());
    member(out, "apiVersion", info.apiVersion());
    member(out, "subresource", info.subresource());
    out.endObject();
  }

  private static void member(JsonWriter out, String name, String value) {
    if (!value.isEmpty()) {
      out.name(name);
      out.writeString(value);
    }
  }

  private static void list(JsonWriter out, List<String> values) {
    out.beginArray();
    values.forEach(out::writeString);
    out.endArray();
  }
}
