package io.tiphys.rules.cluster;

import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.Secret;
import io.tiphys.codec.Bytes;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is wrong with config maps and secrets; checked against ValidateConfigMap and its like. */
final class DataValidation {
  /** Upstream's MaxSecretSize, for config maps too. */
  private static final int MAX_BYTES = 1 << 20;

  private static final FieldPath DATA = FieldPath.of("data");
  private static final FieldPath BINARY_DATA = FieldPath.of("binaryData");

  private final Checks checks = new Checks();

  private DataValidation() {}

  static List<FieldError> of(ConfigMap map) {
    DataValidation validation = new DataValidation();
    validation.check(map);
    return validation.checks.errors();
  }

  static List<FieldError> ofUpdate(ConfigMap map, ConfigMap old) {
    DataValidation validation = new DataValidation();
    if (Boolean.TRUE.equals(old.immutable())) {
      validation.frozen("immutable", true, map.immutable());
      validation.frozen("data", old.data(), map.data());
      validation.frozen("binaryData", old.binaryData(), map.binaryData());
    }
    validation.check(map);
    return validation.checks.errors();
  }

  static List<FieldError> of(Secret secret) {
    DataValidation validation = new DataValidation();
    validation.check(secret);
    return validation.checks.errors();
  }

  static List<FieldError> ofUpdate(Secret secret, Secret old) {
    DataValidation validation = new DataValidation();
    validation.checks.immutable(FieldPath.of("type"), secret.type_(), old.type_());
    if (Boolean.TRUE.equals(old.immutable())) {
      validation.frozen("immutable", true, secret.immutable());
      validation.frozen("data", old.data(), secret.data());
    }
    validation.check(secret);
    return validation.checks.errors();
  }

  private void frozen(String field, Object before, @Nullable Object now) {
    if (!before.equals(now)) {
      checks.forbidden(FieldPath.of(field), "field is immutable when `immutable` is set");
    }
  }

  private void check(ConfigMap map) {
    long size = 0;
    for (Map.Entry<String, String> entry : map.data().entrySet()) {
      String key = entry.getKey();
      checks.each(DATA.key(key), key, Names.configMapKey(key));
      if (map.binaryData().containsKey(key)) {
        checks.invalid(DATA.key(key), key, "duplicate of key present in binaryData");
      }
      size += entry.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    for (Map.Entry<String, Bytes> entry : map.binaryData().entrySet()) {
      String key = entry.getKey();
      checks.each(BINARY_DATA.key(key), key, Names.configMapKey(key));
      size += entry.getValue().size();
    }
    notTooLarge(FieldPath.of(""), size);
  }

  private void notTooLarge(FieldPath path, long size) {
    if (size > MAX_BYTES) {
      checks.add(FieldError.tooLong(path, MAX_BYTES));
    }
  }

  private void check(Secret secret) {
    long size = 0;
    for (Map.Entry<String, Bytes> entry : secret.data().entrySet()) {
      checks.each(DATA.key(entry.getKey()), entry.getKey(), Names.configMapKey(entry.getKey()));
      size += entry.getValue().size();
    }
    notTooLarge(DATA, size);
    Map<String, Bytes> data = secret.data();
    switch (secret.type_()) {
      case "kubernetes.io/service-account-token" -> ofAccount(secret);
      case "kubernetes.io/dockercfg" -> json(data, ".dockercfg");
      case "kubernetes.io/dockerconfigjson" -> json(data, ".dockerconfigjson");
      case "kubernetes.io/basic-auth" -> {
        if (!data.containsKey("username") && !data.containsKey("password")) {
          checks.required(DATA.key("username"));
          checks.required(DATA.key("password"));
        }
      }
      case "kubernetes.io/ssh-auth" -> {
        Bytes key = data.get("ssh-privatekey");
        if (key == null || key.size() == 0) {
          checks.required(DATA.key("ssh-privatekey"));
        }
      }
      case "kubernetes.io/tls" -> {
        given(data, "tls.crt");
        given(data, "tls.key");
      }
      default -> {} // other types ask for nothing
    }
  }

  private void ofAccount(Secret secret) {
    String annotation = "kubernetes.io/service-account.name";
    if (secret.metadata().annotations().getOrDefault(annotation, "").isEmpty()) {
      checks.required(FieldPath.of("metadata", "annotations").key(annotation));
    }
  }

  private boolean given(Map<String, Bytes> data, String key) {
    if (!data.containsKey(key)) {
      checks.required(DATA.key(key));
    }
    return data.containsKey(key);
  }

  /** An object of JSON, of which the message about it shows nothing. */
  private void json(Map<String, Bytes> data, String key) {
    Bytes text = data.get(key);
    if (!given(data, key) || text == null) {
      return;
    }
    String problem = problem(text);
    if (!problem.isEmpty()) {
      checks.invalid(DATA.key(key), "<secret contents redacted>", problem);
    }
  }

  /** What Go says of a text that should be an object, or empty. */
  private static String problem(Bytes text) {
    try {
      return switch (Json.parse(text.toByteArray())) {
        case Json.Obj _, Json.Null _ -> "";
        case Json.Arr _ -> mismatch("array");
        case Json.Str _ -> mismatch("string");
        case Json.Int _, Json.Num _ -> mismatch("number");
        case Json.Bool _ -> mismatch("bool");
      };
    } catch (CodecException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String mismatch(String kind) {
    return "json: cannot unmarshal " + kind + " into Go value of type map[string]interface {}";
  }
}
