package io.tiphys.codec;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** YAML as Kubernetes understands it: another spelling of JSON, by the rules of YAML 1.1. */
public final class Yaml {
  private Yaml() {}

  /**
   * A document and what a strict reader has to remark on it.
   *
   * @param strictErrors empty, or one text that names every duplicate key with its line
   */
  public record Parsed(Json tree, List<String> strictErrors) {
    public Parsed {
      strictErrors = List.copyOf(strictErrors);
    }
  }

  /**
   * The first document of {@code text} as sigs.k8s.io/yaml reads it; {@code null} if there is none.
   *
   * @throws CodecException such as {@code yaml: line 3: mapping values are not allowed in this
   *     context}
   */
  public static Json parse(String text) {
    return parseStrict(text).tree();
  }

  /** Like {@link #parse(String)}, of UTF-8. */
  public static Json parse(byte[] text) {
    return parse(decode(text));
  }

  /**
   * Like {@link #parse(String)}, and remarks keys that come twice, of which the last one counts.
   */
  public static Parsed parseStrict(String text) {
    YamlParser parser = new YamlParser(text);
    Json tree = parser.hasDocument() ? parser.document() : Json.Null.NULL;
    return new Parsed(tree, parser.strictErrors());
  }

  /** Every document of a stream; empty ones are left out. */
  public static List<Json> parseAll(String text) {
    YamlParser parser = new YamlParser(text);
    List<Json> documents = new ArrayList<>();
    while (parser.hasDocument()) {
      Json document = parser.document();
      if (document != Json.Null.NULL) {
        documents.add(document);
      }
    }
    return documents;
  }

  /** The tree in block style, keys sorted, as kubectl prints it; long lines are not folded. */
  public static String print(Json tree) {
    return new YamlPrinter().print(tree);
  }

  /** The text that UTF-8 bytes spell. */
  public static String decode(byte[] text) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    } catch (CharacterCodingException _) {
      throw new CodecException("yaml: invalid leading UTF-8 octet");
    }
  }
}
