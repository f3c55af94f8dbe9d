package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.ConfigMapEnvSource;
import io.tiphys.api.core.v1.EnvFromSource;
import io.tiphys.api.core.v1.EnvVar;
import io.tiphys.api.core.v1.EnvVarSource;
import io.tiphys.api.core.v1.FileKeySelector;
import io.tiphys.api.core.v1.ObjectFieldSelector;
import io.tiphys.api.core.v1.ResourceFieldSelector;
import io.tiphys.api.core.v1.SecretEnvSource;
import io.tiphys.meta.Names;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Where variables come from; checked against ValidateEnv, ValidateEnvFrom and what they call. */
final class EnvValidation {
  private static final List<String> FIELDS =
      List.of(
          "metadata.name",
          "metadata.namespace",
          "metadata.uid",
          "spec.nodeName",
          "spec.serviceAccountName",
          "status.hostIP",
          "status.hostIPs",
          "status.podIP",
          "status.podIPs");

  /** Fields of a pod that have a name, though not each may be asked for everywhere. */
  private static final Set<String> POD_FIELDS =
      Set.of(
          "metadata.annotations",
          "metadata.labels",
          "metadata.name",
          "metadata.namespace",
          "metadata.uid",
          "spec.nodeName",
          "spec.restartPolicy",
          "spec.serviceAccountName",
          "spec.schedulerName",
          "status.phase",
          "status.hostIP",
          "status.hostIPs",
          "status.podIP",
          "status.podIPs");

  private static final List<String> AMOUNTS =
      List.of(
          "limits.cpu",
          "limits.ephemeral-storage",
          "limits.memory",
          "requests.cpu",
          "requests.ephemeral-storage",
          "requests.memory");

  private static final List<String> UNITS =
      List.of("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei");

  /** What is counted in bytes, and its name in messages. */
  private static final Map<String, String> BYTES =
      Map.of("memory", "memory", "ephemeral-storage", "local ephemeral storage");

  private static final String ONE = "may not have more than one field specified at a time";

  private final Checks checks;

  EnvValidation(Checks checks) {
    this.checks = checks;
  }

  void variables(List<EnvVar> variables, FieldPath path) {
    for (int i = 0; i < variables.size(); i++) {
      FieldPath at = path.index(i).child("name");
      String name = variables.get(i).name();
      if (name.isEmpty()) {
        checks.required(at);
      } else {
        checks.each(at, name, Names.relaxedEnvVarName(name));
      }
      EnvVarSource source = variables.get(i).valueFrom();
      if (source != null) {
        source(source, variables.get(i).value(), path.index(i).child("valueFrom"));
      }
    }
  }

  private void source(EnvVarSource source, String value, FieldPath path) {
    if (source.fieldRef() != null) {
      field(source.fieldRef(), FIELDS, path.child("fieldRef"));
    }
    if (source.resourceFieldRef() != null) {
      amount(source.resourceFieldRef(), false, path.child("resourceFieldRef"));
    }
    if (source.configMapKeyRef() != null) {
      FieldPath at = path.child("configMapKeyRef");
      key(source.configMapKeyRef().name(), source.configMapKeyRef().key(), at);
    }
    if (source.secretKeyRef() != null) {
      FieldPath at = path.child("secretKeyRef");
      key(source.secretKeyRef().name(), source.secretKeyRef().key(), at);
    }
    if (source.fileKeyRef() != null) {
      file(source.fileKeyRef(), path.child("fileKeyRef"));
    }
    long sources =
        Stream.of(
                source.fieldRef(),
                source.resourceFieldRef(),
                source.configMapKeyRef(),
                source.secretKeyRef(),
                source.fileKeyRef())
            .filter(Objects::nonNull)
            .count();
    if (sources == 0) {
      checks.invalid(
          path,
          "",
          "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`,"
              + " `secretKeyRef` or `fileKeyRef`");
    } else if (!value.isEmpty()) {
      checks.invalid(path, "", "may not be specified when `value` is not empty");
    } else if (sources > 1) {
      checks.invalid(path, "", ONE);
    }
  }

  private void key(String name, String key, FieldPath path) {
    checks.each(path.child("name"), name, Names.dns1123Subdomain(name));
    if (key.isEmpty()) {
      checks.required(path.child("key"));
    } else {
      checks.each(path.child("key"), key, Names.configMapKey(key));
    }
  }

  private void file(FileKeySelector file, FieldPath path) {
    if (file.key().isEmpty()) {
      checks.required(path.child("key"));
    } else {
      checks.each(path.child("key"), file.key(), Names.relaxedEnvVarName(file.key()));
    }
    if (file.volumeName().isEmpty()) {
      checks.required(path.child("volumeName"));
    } else {
      FieldPath at = path.child("volumeName");
      checks.each(at, file.volumeName(), Names.dns1123Label(file.volumeName()));
    }
    if (file.path().isEmpty()) {
      checks.required(path.child("path"));
    } else {
      VolumeValidation.noBacksteps(checks, file.path(), path.child("path"));
    }
  }

  /** A field of the pod; {@code known} are those that may be asked for. */
  void field(ObjectFieldSelector field, List<String> known, FieldPath path) {
    String asked = field.fieldPath();
    FieldPath at = path.child("fieldPath");
    if (field.apiVersion().isEmpty()) {
      checks.required(path.child("apiVersion"));
    } else if (asked.isEmpty()) {
      checks.required(at);
    } else if (!field.apiVersion().equals("v1")) {
      checks.invalid(
          at, asked, "error converting fieldPath: unsupported pod version: " + field.apiVersion());
    } else if (subscript(asked) > 0) {
      member(asked, path);
    } else if (asked.equals("spec.host")) {
      checks.supported(at, "spec.nodeName", known); // its name in old clients
    } else if (!POD_FIELDS.contains(asked)) {
      checks.invalid(at, asked, "error converting fieldPath: field label not supported: " + asked);
    } else {
      checks.supported(at, asked, known);
    }
  }

  /** Where {@code ['} begins; 0 or less when there is none. */
  private static int subscript(String asked) {
    return asked.endsWith("']") ? asked.substring(0, asked.length() - 2).indexOf("['") : -1;
  }

  /** One label or annotation: {@code metadata.labels['app']}. */
  private void member(String asked, FieldPath path) {
    int bracket = subscript(asked);
    String key = asked.substring(bracket + 2, asked.length() - 2);
    switch (asked.substring(0, bracket)) {
      case "metadata.annotations" ->
          checks.each(path, key, Names.qualifiedName(key.toLowerCase(Locale.ROOT)));
      case "metadata.labels" -> checks.each(path, key, Names.qualifiedName(key));
      default ->
          checks.invalid(
              path.child("fieldPath"),
              asked,
              "error converting fieldPath: field label does not support subscript: " + asked);
    }
  }

  /** An amount that a container has or asks for. */
  void amount(ResourceFieldSelector field, boolean inVolume, FieldPath path) {
    String asked = field.resource();
    boolean pages =
        asked.startsWith("limits.hugepages-") || asked.startsWith("requests.hugepages-");
    if (inVolume && field.containerName().isEmpty()) {
      checks.required(path.child("containerName"));
    } else if (asked.isEmpty()) {
      checks.required(path.child("resource"));
    } else if (!pages) {
      checks.supported(path.child("resource"), asked, AMOUNTS);
    }
    divisor(asked, field.divisor(), path.child("divisor"));
  }

  /** Checked against validateContainerResourceDivisor. */
  private void divisor(String asked, Quantity divisor, FieldPath path) {
    if (divisor.isZero()) {
      return;
    }
    String text = divisor.toString();
    String what = asked.substring(asked.indexOf('.') + 1);
    boolean pages = what.startsWith("hugepages-");
    if (what.equals("cpu") && !text.equals("1m") && !text.equals("1")) {
      checks.invalid(
          path, asked, "only divisor's values 1m and 1 are supported with the cpu resource");
    } else if ((pages || BYTES.containsKey(what)) && !UNITS.contains(text)) {
      checks.invalid(
          path,
          asked,
          "only divisor's values %s are supported with the %s resource"
              .formatted(String.join(", ", UNITS), pages ? "hugepages" : BYTES.get(what)));
    }
  }

  void whole(List<EnvFromSource> sources, FieldPath path) {
    for (int i = 0; i < sources.size(); i++) {
      EnvFromSource source = sources.get(i);
      FieldPath at = path.index(i);
      if (!source.prefix().isEmpty()) {
        checks.each(at.child("prefix"), source.prefix(), Names.relaxedEnvVarName(source.prefix()));
      }
      ConfigMapEnvSource map = source.configMapRef();
      SecretEnvSource secret = source.secretRef();
      if (map != null) {
        name(map.name(), at.child("configMapRef", "name"));
      }
      if (secret != null) {
        name(secret.name(), at.child("secretRef", "name"));
      }
      if (map == null && secret == null) {
        checks.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
      } else if (map != null && secret != null) {
        checks.invalid(path, "", ONE);
      }
    }
  }

  /** As upstream, of which something might follow. */
  private void name(String name, FieldPath path) {
    if (name.isEmpty()) {
      checks.required(path);
    } else {
      checks.each(path, name, Names.asPrefix(name, Names::dns1123Subdomain));
    }
  }
}
