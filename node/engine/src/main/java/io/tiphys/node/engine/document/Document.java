package io.tiphys.node.engine.document;

import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON document as its reader wants it: what is absent or of another type reads as empty, zero or
 * false, so that reading needs no checks and the reader's own rules say what is missing.
 */
public record Document(Json value) {
  private static final Document ABSENT = new Document(Json.Null.NULL);

  /**
   * Reads JSON text.
   *
   * @throws IOException if it is none
   */
  public static Document parse(byte[] text) throws IOException {
    try {
      return new Document(JsonReader.of(text).readTree());
    } catch (CodecException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** The member called {@code name}. */
  public Document get(String name) {
    Json member = value instanceof Json.Obj object ? object.get(name) : null;
    return member == null ? ABSENT : new Document(member);
  }

  public boolean isObject() {
    return value instanceof Json.Obj;
  }

  public boolean isAbsent() {
    return value == Json.Null.NULL;
  }

  public String text() {
    return value instanceof Json.Str string ? string.value() : "";
  }

  public String text(String name) {
    return get(name).text();
  }

  public long number(String name) {
    return switch (get(name).value) {
      case Json.Int number -> number.value();
      case Json.Num number -> (long) number.value();
      default -> 0;
    };
  }

  public boolean flag(String name) {
    return get(name).value instanceof Json.Bool flag && flag.value();
  }

  /** The elements of this array. */
  public List<Document> elements() {
    return value instanceof Json.Arr array
        ? array.elements().stream().map(Document::new).toList()
        : List.of();
  }

  public List<Document> elements(String name) {
    return get(name).elements();
  }

  public List<String> texts(String name) {
    return elements(name).stream().map(Document::text).toList();
  }

  /** The members of this object, in order. */
  public Map<String, Document> members() {
    Map<String, Document> members = new LinkedHashMap<>();
    if (value instanceof Json.Obj object) {
      object.members().forEach((name, member) -> members.put(name, new Document(member)));
    }
    return members;
  }

  /** The members of an object of strings. */
  public Map<String, String> textMembers(String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    get(name).members().forEach((key, member) -> texts.put(key, member.text()));
    return texts;
  }
}
