package io.tiphys.server.configuration;

import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.Yaml;
import io.tiphys.meta.GoText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of one object of a configuration file. What nobody asked for is unknown, and is told
 * of at the end, see {@link #remarks}. Not thread-safe.
 */
public final class Fields {
  private final Json.Obj object;
  private final String path;
  private final Set<String> asked = new HashSet<>();
  private final List<Fields> below = new ArrayList<>();
  private final List<String> remarks;

  private Fields(Json.Obj object, String path, List<String> remarks) {
    this.object = object;
    this.path = path;
    this.remarks = remarks;
  }

  /**
   * Reads a file's content.
   *
   * @param kind what it must hold
   * @param apiVersions in one of these versions
   * @throws ConfigurationException if it holds anything else
   */
  public static Fields read(String content, String kind, List<String> apiVersions) {
    Yaml.Parsed parsed;
    try {
      parsed = Yaml.parseStrict(content);
    } catch (CodecException e) {
      throw new ConfigurationException(
          "couldn't get version/kind; json parse error: " + e.getMessage(), e);
    }
    if (!(parsed.tree() instanceof Json.Obj object)) {
      throw new ConfigurationException("the file holds no object");
    }
    Fields fields = new Fields(object, "", parsed.strictErrors());
    String version = fields.text("apiVersion");
    String found = fields.text("kind");
    if (found.isEmpty() || version.isEmpty()) {
      throw new ConfigurationException(
          "Object '%s' is missing in the file".formatted(found.isEmpty() ? "Kind" : "apiVersion"));
    }
    if (!found.equals(kind) || !apiVersions.contains(version)) {
      throw new ConfigurationException(
          "no kind %s is registered for version %s; known is %s in %s"
              .formatted(
                  GoText.quote(found),
                  GoText.quote(version),
                  kind,
                  String.join(", ", apiVersions)));
    }
    return fields;
  }

  /** What a kubeconfig holds: known by its fields, whatever it is called. */
  public static Fields readAnything(String content) {
    try {
      if (Yaml.parse(content) instanceof Json.Obj object) {
        return new Fields(object, "", List.of());
      }
    } catch (CodecException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
    throw new ConfigurationException("the file holds no object");
  }

  public String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  public boolean has(String name) {
    Json value = object.get(name);
    return value != null && !(value instanceof Json.Null);
  }

  private @Nullable Json ask(String name) {
    asked.add(name);
    Json value = object.get(name);
    return value instanceof Json.Null ? null : value;
  }

  private ConfigurationException mismatch(String name, String wanted) {
    return new ConfigurationException(path(name) + ": must be " + wanted);
  }

  /** Empty when it is missing. */
  public String text(String name) {
    return switch (ask(name)) {
      case null -> "";
      case Json.Str(String text) -> text;
      default -> throw mismatch(name, "a string");
    };
  }

  /** Null when it is missing. */
  public @Nullable Boolean truth(String name) {
    return switch (ask(name)) {
      case null -> null;
      case Json.Bool(boolean truth) -> truth;
      default -> throw mismatch(name, "true or false");
    };
  }

  /** Null when it is missing. */
  public @Nullable Long number(String name) {
    return switch (ask(name)) {
      case null -> null;
      case Json.Int(long number) -> number;
      default -> throw mismatch(name, "a whole number");
    };
  }

  public List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (Json each : list(name)) {
      if (!(each instanceof Json.Str(String text))) {
        throw mismatch(name + "[" + texts.size() + "]", "a string");
      }
      texts.add(text);
    }
    return texts;
  }

  private List<Json> list(String name) {
    return switch (ask(name)) {
      case null -> List.of();
      case Json.Arr(List<Json> elements) -> elements;
      default -> throw mismatch(name, "a list");
    };
  }

  public List<Fields> objects(String name) {
    List<Fields> objects = new ArrayList<>();
    for (Json each : list(name)) {
      objects.add(below(name + "[" + objects.size() + "]", each));
    }
    return objects;
  }

  /** Null when it is missing. */
  public @Nullable Fields object(String name) {
    Json value = ask(name);
    return value == null ? null : below(name, value);
  }

  /** What is at liberty: any value, as it is. */
  public @Nullable Json any(String name) {
    return ask(name);
  }

  private Fields below(String name, Json value) {
    if (!(value instanceof Json.Obj members)) {
      throw mismatch(name, "an object");
    }
    Fields fields = new Fields(members, path(name), List.of());
    below.add(fields);
    return fields;
  }

  /** What a strict reader dislikes: unknown fields and fields given twice. */
  public List<String> remarks() {
    List<String> all = new ArrayList<>(remarks);
    for (String name : object.members().keySet()) {
      if (!asked.contains(name)) {
        all.add("unknown field " + GoText.quote(path(name)));
      }
    }
    below.forEach(fields -> all.addAll(fields.remarks()));
    return all;
  }

  /**
   * Refuses a file with anything unknown in it.
   *
   * @throws ConfigurationException naming it
   */
  public void requireKnown() {
    List<String> all = remarks();
    if (!all.isEmpty()) {
      throw new ConfigurationException("strict decoding error: " + String.join(", ", all));
    }
  }
}
