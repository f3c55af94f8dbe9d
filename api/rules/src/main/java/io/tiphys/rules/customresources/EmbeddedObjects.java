package io.tiphys.rules.customresources;

import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.TreeReader;
import io.tiphys.codec.TreeWriter;
import io.tiphys.meta.Names;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.NameRule;
import io.tiphys.rules.ObjectMetaRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Objects within objects: their metadata has the fields of every metadata and no others. Checked
 * against apiextensions-apiserver/pkg/apiserver/schema/objectmeta.
 */
final class EmbeddedObjects {
  private EmbeddedObjects() {}

  /** The value with the metadata of objects in it as it is read everywhere. */
  static Json coerce(Json value, @Nullable Structural schema) {
    if (schema == null) {
      return value;
    }
    return switch (value) {
      case Json.Obj object -> {
        Json.Obj.Builder coerced = Json.Obj.builder();
        object
            .members()
            .forEach(
                (name, member) -> {
                  boolean meta = schema.extensions().embedded() && name.equals("metadata");
                  coerced.put(name, meta ? metadata(member) : coerce(member, schema.field(name)));
                });
        yield coerced.build();
      }
      case Json.Arr(var elements) ->
          new Json.Arr(elements.stream().map(each -> coerce(each, schema.items())).toList());
      default -> value;
    };
  }

  private static Json metadata(Json value) {
    try {
      TreeWriter out = new TreeWriter();
      ObjectMeta.read(TreeReader.of(value)).write(out);
      return out.tree();
    } catch (CodecException _) {
      return value; // told of when it is validated
    }
  }

  static List<FieldError> validate(Json value, Structural schema) {
    List<FieldError> errors = new ArrayList<>();
    validate("", value, schema, errors);
    return errors;
  }

  private static void validate(
      String path, Json value, @Nullable Structural schema, List<FieldError> errors) {
    if (schema == null) {
      return;
    }
    switch (value) {
      case Json.Obj object -> {
        if (schema.extensions().embedded()) {
          embedded(path, object, errors);
        }
        object
            .members()
            .forEach(
                (name, member) -> {
                  String at = path.isEmpty() ? name : path + "." + name;
                  validate(at, member, schema.field(name), errors);
                });
      }
      case Json.Arr(var elements) -> {
        for (int i = 0; i < elements.size(); i++) {
          validate(path + "[" + i + "]", elements.get(i), schema.items(), errors);
        }
      }
      default -> {}
    }
  }

  private static void embedded(String path, Json.Obj object, List<FieldError> errors) {
    FieldPath at = FieldPath.of(path);
    text(at.child("apiVersion"), object.get("apiVersion"), errors);
    String kind = text(at.child("kind"), object.get("kind"), errors);
    if (!kind.isEmpty()) {
      List<String> problems = DnsNames.dns1035Label(kind.toLowerCase(Locale.ROOT));
      if (!problems.isEmpty()) {
        errors.add(
            FieldError.invalid(
                at.child("kind"),
                kind,
                "may have mixed case, but should otherwise match: " + String.join(",", problems)));
      }
    }
    Json metadata = object.get("metadata");
    if (metadata != null) {
      metadata(at.child("metadata"), metadata, errors);
    }
  }

  private static String text(FieldPath at, @Nullable Json value, List<FieldError> errors) {
    switch (value) {
      case null -> errors.add(FieldError.required(at, ""));
      case Json.Str(String text) -> {
        if (text.isEmpty()) {
          errors.add(FieldError.invalid(at, text, "must not be empty"));
        }
        return text;
      }
      default -> errors.add(FieldError.invalid(at, value, "must be a string"));
    }
    return "";
  }

  private static void metadata(FieldPath at, Json value, List<FieldError> errors) {
    try {
      ObjectMeta meta = ObjectMeta.read(TreeReader.of(value));
      ObjectMeta named = meta.name().isEmpty() ? meta.withName("fakename") : meta;
      errors.addAll(
          ObjectMetaRules.validate(named, !meta.namespace().isEmpty(), NameRule.PATH_SEGMENT, at));
    } catch (CodecException e) {
      errors.add(FieldError.invalid(at, value, String.valueOf(e.getMessage())));
    }
  }

  /** Names that begin with a letter. */
  static final class DnsNames {
    private static final String PROBLEM =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an"
            + " alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or"
            + " 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private DnsNames() {}

    static List<String> dns1035Label(String value) {
      List<String> problems = new ArrayList<>();
      if (value.length() > Names.DNS_LABEL_MAX_LENGTH) {
        problems.add("must be no more than 63 bytes");
      }
      if (!value.matches("[a-z]([-a-z0-9]*[a-z0-9])?")) {
        problems.add(PROBLEM);
      }
      return problems;
    }
  }
}
