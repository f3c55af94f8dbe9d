package io.tiphys.rules.devices;

import io.tiphys.codec.Json;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.pods.VolumePlugins;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names and lists of devices; checked against pkg/apis/resource/validation. */
final class DeviceChecks {
  /** As many conditions may hold up, or fail, what is to be bound. */
  private static final int MAX_CONDITIONS = 4;

  private static final int MAX_ID = 32;
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern UID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final Checks checks;

  DeviceChecks(Checks checks) {
    this.checks = checks;
  }

  void driver(String name, FieldPath path) {
    new VolumePlugins(checks).csiDriver(name, path);
  }

  void label(String name, FieldPath path) {
    checks.each(path, name, Names.dns1123Label(name));
  }

  void pool(String name, FieldPath path) {
    if (name.isEmpty()) {
      checks.required(path);
      return;
    }
    if (name.length() > Names.DNS_SUBDOMAIN_MAX_LENGTH) {
      checks.add(FieldError.tooLong(path, Names.DNS_SUBDOMAIN_MAX_LENGTH));
    }
    for (String part : name.split("/", -1)) {
      checks.each(path, part, Names.dns1123Subdomain(part));
    }
  }

  void uid(@Nullable String uid, FieldPath path) {
    if (uid != null && !UID.matcher(uid).matches()) {
      checks.invalid(
          path,
          uid,
          "uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with"
              + " lowercase hexadecimal characters");
    }
  }

  /** A name with or without a domain. */
  void qualified(String name, FieldPath path) {
    String[] parts = name.split("/", -1);
    if (parts.length == 1) {
      identifier(name, path);
    } else if (parts.length == 2) {
      if (parts[0].isEmpty()) {
        checks.invalid(path, "", "the domain must not be empty");
      } else {
        driver(parts[0], path);
      }
      if (parts[1].isEmpty()) {
        checks.invalid(path, "", "the name must not be empty");
      } else {
        identifier(parts[1], path);
      }
    }
  }

  /** A name with a domain. */
  void fullyQualified(String name, FieldPath path) {
    qualified(name, path);
    if (!name.contains("/")) {
      checks.invalid(
          path, name, "a fully qualified name must be a domain and a name separated by a slash");
    }
  }

  private void identifier(String name, FieldPath path) {
    if (name.length() > MAX_ID) {
      checks.add(FieldError.tooLong(path, MAX_ID));
    }
    if (!IDENTIFIER.matcher(name).matches()) {
      checks.invalid(
          path,
          name,
          Names.problem(
              "a valid C identifier must start with alphabetic character or '_', followed by a"
                  + " string of alphanumeric characters or '_'",
              IDENTIFIER.pattern(),
              "my_name",
              "MY_NAME",
              "MyName"));
    }
  }

  /** An object that a driver alone understands. */
  void opaque(@Nullable Json value, FieldPath path, int maxBytes) {
    if (value == null || value == Json.Null.NULL) {
      checks.required(path);
    } else if (value.text().getBytes(StandardCharsets.UTF_8).length > maxBytes) {
      checks.add(FieldError.tooLong(path, maxBytes));
    } else if (!(value instanceof Json.Obj)) {
      checks.invalid(path, "<value omitted>", "must be a valid JSON object");
    }
  }

  /** At most so many elements, each of them good. */
  <E> void list(List<E> elements, int most, FieldPath path, BiConsumer<E, FieldPath> check) {
    if (elements.size() > most) {
      checks.add(FieldError.tooMany(path, elements.size(), most));
      return;
    }
    for (int i = 0; i < elements.size(); i++) {
      check.accept(elements.get(i), path.index(i));
    }
  }

  /** As {@link #list}, and each key once. */
  <E> void set(
      List<E> elements,
      int most,
      FieldPath path,
      BiConsumer<E, FieldPath> check,
      Function<E, Object> key) {
    list(elements, most, path, check);
    if (elements.size() > most) {
      return;
    }
    Set<Object> seen = new HashSet<>();
    for (int i = 0; i < elements.size(); i++) {
      Object own = key.apply(elements.get(i));
      if (!seen.add(own)) {
        checks.add(FieldError.duplicate(path.index(i), own));
      }
    }
  }

  /** What must hold before, and what ends, the binding of a pod that has a device. */
  void binding(List<String> conditions, List<String> failures, FieldPath path) {
    FieldPath at = path.child("bindingConditions");
    FieldPath failing = path.child("bindingFailureConditions");
    list(conditions, MAX_CONDITIONS, at, this::labelKey);
    list(failures, MAX_CONDITIONS, failing, this::labelKey);
    once(conditions, at);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < failures.size(); i++) {
      String failure = failures.get(i);
      if (!seen.add(failure)) {
        checks.add(FieldError.duplicate(failing.index(i), failure));
      }
      if (conditions.contains(failure)) {
        checks.invalid(
            failing.index(i),
            failure,
            "bindingFailureConditions must not overlap with bindingConditions");
      }
    }
    if (conditions.isEmpty() && !failures.isEmpty()) {
      checks.invalid(at, null, "bindingConditions are required to use bindingFailureConditions");
    }
    if (failures.isEmpty() && !conditions.isEmpty()) {
      checks.invalid(
          failing, null, "bindingFailureConditions are required to use bindingConditions");
    }
  }

  private void once(List<String> values, FieldPath path) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < values.size(); i++) {
      if (!seen.add(values.get(i))) {
        checks.add(FieldError.duplicate(path.index(i), values.get(i)));
      }
    }
  }

  private void labelKey(String key, FieldPath path) {
    checks.each(path, key, Names.qualifiedName(key));
  }
}
