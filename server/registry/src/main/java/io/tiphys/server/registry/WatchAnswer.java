package io.tiphys.server.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.ObjectType;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.base.Clock;
import io.tiphys.codec.Json;
import io.tiphys.server.cache.CacheWatch;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.CachedEvent;
import io.tiphys.server.http.Encoding;
import io.tiphys.server.http.Output;
import io.tiphys.server.http.Response;
import io.tiphys.server.tables.TablePrinter.TableOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A watch as an answer that grows: one frame per event. The bytes of an object are the cache's, so
 * that an event is encoded once however many watch it.
 */
final class WatchAnswer<T extends ApiObject> implements Response.Body {
  private static final byte[] JSON_END = "}\n".getBytes(UTF_8);
  private static final String INITIAL_END = "k8s.io/initial-events-end";

  /** Events that are sent in one write when many wait. */
  private static final int MAX_BATCH = 256;

  private final Served<T, ?> served;
  private final CacheWatch<?, T> watch;
  private final Rendering rendering;
  private final Output output;
  private final TableOptions table;
  private final boolean messages;
  private final Clock.Timer end;
  private boolean columnsSent;

  /**
   * @param messages every write is a message of its own, with one event and no frame around it
   */
  WatchAnswer(
      Served<T, ?> served,
      CacheWatch<?, T> watch,
      Rendering rendering,
      Answer answer,
      boolean messages,
      Clock clock,
      Duration timeout) {
    this.served = served;
    this.watch = watch;
    this.rendering = rendering;
    this.output = answer.output();
    this.table = answer.table();
    this.messages = messages;
    // Runs from now on: a watch whose client never reads it ends too.
    this.end = clock.schedule(timeout, watch::close);
  }

  /** A watch that ends before it has begun. */
  static Response.Body failed(Answer answer, ApiFailure failure, boolean messages) {
    List<byte[]> pieces = new ArrayList<>();
    if (answer.output().encoding() == Encoding.PROTOBUF) {
      byte[] status = ObjectCodec.toProto(Status.TYPE, failure.status());
      pieces.add(eventHead("ERROR", status.length, messages));
      pieces.add(status);
    } else {
      jsonFrame("ERROR", ObjectCodec.toJson(Status.TYPE, failure.status()), pieces);
    }
    return sink -> sink.write(pieces);
  }

  @Override
  public void writeTo(Response.Sink sink) throws InterruptedException {
    sink.onClose(watch::close);
    try (watch) {
      for (CachedEvent<T> event = watch.next(); event != null; event = watch.next()) {
        List<byte[]> pieces = new ArrayList<>();
        append(event, pieces);
        for (int i = 1; i < MAX_BATCH && !messages; i++) {
          CachedEvent<T> more = watch.poll();
          if (more == null) {
            break;
          }
          append(more, pieces);
        }
        sink.write(pieces);
      }
    } finally {
      end.cancel();
    }
  }

  private void append(CachedEvent<T> event, List<byte[]> pieces) {
    switch (event) {
      case CachedEvent.Changed<T> changed -> {
        String type = changed.kind().name();
        switch (output.shape()) {
          case OBJECT -> frame(type, served.opening(), changed.object(), pieces);
          case METADATA ->
              frame(type, PartialObject.OPENING, changed.object().as(served.metadata()), pieces);
          case TABLE ->
              jsonFrame(
                  type,
                  table(List.of(changed.object().record()), changed.object().revision()),
                  pieces);
        }
      }
      case CachedEvent.Bookmark<T> bookmark -> appendBookmark(bookmark, pieces);
    }
  }

  private void appendBookmark(CachedEvent.Bookmark<T> bookmark, List<byte[]> pieces) {
    ObjectMeta metadata =
        ObjectMeta.builder()
            .resourceVersion(Long.toString(bookmark.revision()))
            .annotations(bookmark.initialEnd() ? Map.of(INITIAL_END, "true") : Map.of())
            .build();
    switch (output.shape()) {
      case OBJECT -> {
        ObjectType<T> type = served.resource().type();
        T empty = ObjectCodec.fromTree(type, Json.Obj.EMPTY);
        T marked = Metadata.with(empty, metadata);
        frame(
            "BOOKMARK",
            served.opening(),
            Cached.unstored(type, "", bookmark.revision(), marked),
            pieces);
      }
      case METADATA -> {
        PartialObject marked = new PartialObject(metadata);
        frame(
            "BOOKMARK",
            PartialObject.OPENING,
            Cached.unstored(PartialObject.TYPE, "", bookmark.revision(), marked),
            pieces);
      }
      case TABLE -> jsonFrame("BOOKMARK", table(List.of(), bookmark.revision()), pieces);
    }
  }

  private byte[] table(List<T> objects, long revision) {
    TableOptions options = new TableOptions(table.include(), !columnsSent);
    columnsSent = true;
    return rendering.tableEvent(served, objects, options, Long.toString(revision));
  }

  private void frame(String type, byte[] opening, Cached<?> object, List<byte[]> pieces) {
    if (output.encoding() == Encoding.PROTOBUF) {
      byte[] envelope = Rendering.envelope(object);
      pieces.add(eventHead(type, envelope.length, messages));
      pieces.add(envelope);
    } else {
      pieces.add(head(type));
      pieces.add(opening);
      pieces.add(object.members());
      pieces.add(JSON_END);
    }
  }

  /** A message says itself how long it is. */
  private static byte[] eventHead(String type, int length, boolean message) {
    byte[] head = Varints.eventHead(type, length);
    return message ? Arrays.copyOfRange(head, Varints.FRAME_LENGTH_BYTES, head.length) : head;
  }

  private static void jsonFrame(String type, byte[] object, List<byte[]> pieces) {
    pieces.add(head(type));
    pieces.add(object);
    pieces.add(JSON_END);
  }

  private static byte[] head(String type) {
    return switch (type) {
      case "ADDED" -> Heads.ADDED;
      case "MODIFIED" -> Heads.MODIFIED;
      case "DELETED" -> Heads.DELETED;
      default -> Heads.of(type);
    };
  }

  private static final class Heads {
    private static final byte[] ADDED = of("ADDED");
    private static final byte[] MODIFIED = of("MODIFIED");
    private static final byte[] DELETED = of("DELETED");

    private Heads() {}

    static byte[] of(String type) {
      return ("{\"type\":\"" + type + "\",\"object\":").getBytes(UTF_8);
    }
  }
}
