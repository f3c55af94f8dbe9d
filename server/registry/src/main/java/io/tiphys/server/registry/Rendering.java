package io.tiphys.server.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Envelope;
import io.tiphys.api.ObjectType;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.ListMeta;
import io.tiphys.codec.Bytes;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.codec.JsonWriter;
import io.tiphys.codec.ProtoWriter;
import io.tiphys.codec.Yaml;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.Form;
import io.tiphys.server.cache.ListPage;
import io.tiphys.server.http.Encoding;
import io.tiphys.server.http.Output;
import io.tiphys.server.http.Payload;
import io.tiphys.server.http.Response;
import io.tiphys.server.kinds.ServedKind;
import io.tiphys.server.tables.TablePrinter;
import io.tiphys.server.tables.TablePrinter.TableOptions;
import io.tiphys.server.tables.TableShape;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Objects and lists as answers. JSON and protobuf are made of the bytes that the cache holds, piece
 * by piece, without a copy.
 */
final class Rendering {
  private static final byte[] NEXT = {','};
  private static final byte[] ITEM = {'{'};
  private static final byte[] LIST_END = "]}".getBytes(UTF_8);

  /** Field 2 of a list message, length-delimited: an item. */
  private static final int ITEM_TAG = 2 << 3 | 2;

  private final TablePrinter tables;

  Rendering(TablePrinter tables) {
    this.tables = tables;
  }

  /** Metadata alone, of objects of any kind; one form per kind so that its bytes are shared. */
  static <T extends ApiObject> Form<T, PartialObject> metadataForm() {
    return new Form<>(
        PartialObject.TYPE, object -> new PartialObject(object.metadata()), object -> true);
  }

  /** Whether an answer with this object is made of bytes that are there already. */
  boolean isPrepared(Cached<?> object, Answer answer) {
    return answer.output().shape() == Output.Shape.OBJECT
        && !answer.output().pretty()
        && switch (answer.output().encoding()) {
          case JSON -> object.hasJson();
          case PROTOBUF -> object.hasProto();
          case YAML -> false;
        };
  }

  /** One object. */
  <T extends ApiObject, S extends ApiObject> Response object(
      Served<T, S> served, int status, Cached<T> object, Answer answer) {
    answer.audit().answered(() -> body(object(served, status, object, answer.told())));
    Map<String, String> headers = answer.headers();
    Output output = answer.output();
    return switch (output.shape()) {
      case OBJECT -> full(status, output, served.opening(), object, headers);
      case METADATA ->
          full(status, output, PartialObject.OPENING, object.as(served.metadata()), headers);
      case TABLE -> {
        T record = object.record();
        yield tree(
            status,
            output,
            tables.print(served.kind().table(), List.of(record), versionOf(record), answer.table()),
            headers);
      }
    };
  }

  private static byte[] body(Response response) {
    return response instanceof Response.Full full ? joined(full.body()) : new byte[0];
  }

  private static Response full(
      int status, Output output, byte[] opening, Cached<?> object, Map<String, String> headers) {
    List<byte[]> body =
        switch (output.encoding()) {
          case JSON -> output.json(List.of(opening, object.members()));
          case YAML -> List.of(yaml(JsonReader.of(object.json()).readTree()));
          case PROTOBUF -> List.of(envelope(object));
        };
    return new Response.Full(status, output.encoding().mediaType(), body, headers);
  }

  /** An object as protobuf with the envelope that names its kind. */
  static byte[] envelope(Cached<?> object) {
    return new Envelope(
            object.type().gvk().apiVersion(),
            object.type().gvk().kind(),
            Bytes.wrap(object.proto()))
        .toByteArray();
  }

  /** A value that is not of the cache; no table shows it. */
  static <T> Response value(int status, ObjectType<T> type, T value, Answer answer) {
    answer.audit().answered(() -> body(value(status, type, value, answer.told())));
    Output output = answer.output();
    return output.shape() == Output.Shape.METADATA && value instanceof ApiObject object
        ? Payload.write(
            output,
            status,
            PartialObject.TYPE,
            new PartialObject(object.metadata()),
            answer.headers())
        : Payload.write(output, status, type, value, answer.headers());
  }

  /** An object that is not of the cache, with the table that shows it. */
  <T extends ApiObject> Response value(
      int status, ObjectType<T> type, T object, TableShape<? super T> shape, Answer answer) {
    if (answer.output().shape() != Output.Shape.TABLE) {
      return value(status, type, object, answer);
    }
    Json table = tables.print(shape, List.of(object), versionOf(object), answer.table());
    answer.audit().answered(() -> json(table));
    return tree(status, answer.output(), table, answer.headers());
  }

  private static ListMeta versionOf(ApiObject object) {
    return ListMeta.EMPTY.withResourceVersion(object.metadata().resourceVersion());
  }

  private static Response tree(int status, Output output, Json tree, Map<String, String> headers) {
    List<byte[]> body =
        output.encoding() == Encoding.YAML ? List.of(yaml(tree)) : output.json(List.of(json(tree)));
    return new Response.Full(status, output.encoding().mediaType(), body, headers);
  }

  /** A list of what is stored. */
  <T extends ApiObject> Response list(Served<T, ?> served, ListPage<T> page, Answer answer) {
    return list(served.kind(), served.itemOpening(), served.metadata(), page, answer);
  }

  /** A list of what is not. */
  <T extends ApiObject> Response list(
      ServedKind<T> kind, Form<T, PartialObject> metadata, ListPage<T> page, Answer answer) {
    return list(kind, ITEM, metadata, page, answer);
  }

  private <T extends ApiObject> Response list(
      ServedKind<T> shown,
      byte[] itemOpening,
      Form<T, PartialObject> metadataForm,
      ListPage<T> page,
      Answer answer) {
    answer
        .audit()
        .answered(() -> body(list(shown, itemOpening, metadataForm, page, answer.told())));
    Output output = answer.output();
    ListMeta metadata =
        ListMeta.builder()
            .resourceVersion(page.revision() == 0 ? "" : Long.toString(page.revision()))
            .continue_(page.continueToken())
            .remainingItemCount(page.remaining())
            .build();
    if (output.shape() == Output.Shape.TABLE) {
      List<T> records = page.items().stream().map(Cached::record).toList();
      Json table = tables.print(shown.table(), records, metadata, answer.table());
      return tree(200, output, table, answer.headers());
    }
    boolean partial = output.shape() == Output.Shape.METADATA;
    Resource<T> resource = shown.resource();
    String kind = partial ? "PartialObjectMetadataList" : shown.listKind();
    String apiVersion = partial ? PartialObject.TYPE.gvk().apiVersion() : resource.apiVersion();
    byte[] opening = partial ? PartialObject.OPENING : itemOpening;
    List<Cached<?>> items = new ArrayList<>(page.items().size());
    for (Cached<T> item : page.items()) {
      items.add(partial ? item.as(metadataForm) : item);
    }
    List<byte[]> body =
        switch (output.encoding()) {
          case JSON -> output.json(jsonList(kind, apiVersion, metadata, items, opening));
          case YAML -> {
            byte[] whole = joined(jsonList(kind, apiVersion, metadata, items, opening));
            yield List.of(yaml(JsonReader.of(whole).readTree()));
          }
          case PROTOBUF -> protoList(kind, apiVersion, metadata, items);
        };
    return new Response.Full(200, output.encoding().mediaType(), body, answer.headers());
  }

  private static List<byte[]> jsonList(
      String kind, String apiVersion, ListMeta metadata, List<Cached<?>> items, byte[] opening) {
    List<byte[]> pieces = new ArrayList<>(2 * items.size() + 2);
    byte[] next = joined(List.of(NEXT, opening));
    JsonWriter head = new JsonWriter();
    metadata.write(head);
    String start = "{\"kind\":\"" + kind + "\",\"apiVersion\":\"" + apiVersion + "\",\"metadata\":";
    pieces.add((start + new String(head.toByteArray(), UTF_8) + ",\"items\":[").getBytes(UTF_8));
    boolean first = true;
    for (Cached<?> item : items) {
      pieces.add(first ? opening : next);
      pieces.add(item.members());
      first = false;
    }
    pieces.add(LIST_END);
    return pieces;
  }

  private static List<byte[]> protoList(
      String kind, String apiVersion, ListMeta metadata, List<Cached<?>> items) {
    List<byte[]> message = new ArrayList<>(2 * items.size() + 2);
    ProtoWriter head = new ProtoWriter();
    int mark = head.beginMessage(1);
    metadata.writeProto(head);
    head.endMessage(mark);
    message.add(head.toByteArray());
    for (Cached<?> item : items) {
      byte[] bytes = item.proto();
      message.add(Varints.tagged(ITEM_TAG, bytes.length));
      message.add(bytes);
    }
    long length = message.stream().mapToLong(piece -> piece.length).sum();
    message.addFirst(Varints.envelopeHead(apiVersion, kind, length));
    message.add(Varints.ENVELOPE_TAIL);
    return message;
  }

  static byte[] json(Json tree) {
    JsonWriter out = new JsonWriter();
    out.writeTree(tree);
    return out.toByteArray();
  }

  private static byte[] yaml(Json tree) {
    return Yaml.print(tree).getBytes(UTF_8);
  }

  private static byte[] joined(List<byte[]> pieces) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    pieces.forEach(whole::writeBytes);
    return whole.toByteArray();
  }

  /** A table of one object as it stands in a watch event; only the first names the columns. */
  <T extends ApiObject> byte[] tableEvent(
      Served<T, ?> served, List<T> objects, TableOptions table, String resourceVersion) {
    ListMeta metadata = ListMeta.EMPTY.withResourceVersion(resourceVersion);
    return json(tables.print(served.kind().table(), objects, metadata, table));
  }
}
