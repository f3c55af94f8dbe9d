package io.tiphys.node.agent.containers;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.ConfigMapKeySelector;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.EnvFromSource;
import io.tiphys.api.core.v1.EnvVar;
import io.tiphys.api.core.v1.EnvVarSource;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Secret;
import io.tiphys.api.core.v1.SecretKeySelector;
import io.tiphys.api.core.v1.Service;
import io.tiphys.client.Source;
import io.tiphys.codec.Bytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a container, in upstream's order of precedence: services, envFrom, env. Checked
 * against makeEnvironmentVariables in pkg/kubelet/kubelet_pods.go.
 */
final class Environment {
  private final Source source;
  private final Fields fields;
  private final Pod pod;
  private final Container container;
  private final Map<String, String> variables = new LinkedHashMap<>();

  Environment(Source source, Fields fields, Pod pod, Container container) {
    this.source = source;
    this.fields = fields;
    this.pod = pod;
    this.container = container;
  }

  Map<String, String> of(List<Service> services) throws ConfigProblem {
    variables.putAll(
        ServiceVariables.of(
            pod.namespace(), services, !Boolean.FALSE.equals(pod.spec().enableServiceLinks())));
    for (EnvFromSource from : container.envFrom()) {
      addAll(from);
    }
    for (EnvVar variable : container.env()) {
      String value =
          variable.valueFrom() == null
              ? Expansion.of(variable.value(), variables)
              : value(variable.valueFrom());
      if (value != null) {
        variables.put(variable.name(), value);
      }
    }
    return variables;
  }

  private void addAll(EnvFromSource from) throws ConfigProblem {
    if (from.configMapRef() != null) {
      ConfigMap map =
          configMap(
              from.configMapRef().name(), Boolean.TRUE.equals(from.configMapRef().optional()));
      if (map != null) {
        map.data().forEach((name, value) -> variables.put(from.prefix() + name, value));
      }
    }
    if (from.secretRef() != null) {
      Secret secret =
          secret(from.secretRef().name(), Boolean.TRUE.equals(from.secretRef().optional()));
      if (secret != null) {
        secret.data().forEach((name, value) -> variables.put(from.prefix() + name, value.text()));
      }
    }
  }

  private @Nullable String value(EnvVarSource from) throws ConfigProblem {
    if (from.fieldRef() != null) {
      return fields.value(pod, from.fieldRef().fieldPath());
    }
    if (from.resourceFieldRef() != null) {
      return fields.resource(pod, container, from.resourceFieldRef());
    }
    if (from.configMapKeyRef() != null) {
      return value(from.configMapKeyRef());
    }
    return from.secretKeyRef() == null ? null : value(from.secretKeyRef());
  }

  private @Nullable String value(ConfigMapKeySelector key) throws ConfigProblem {
    boolean optional = Boolean.TRUE.equals(key.optional());
    ConfigMap map = configMap(key.name(), optional);
    String value = map == null ? null : map.data().get(key.key());
    if (value == null && !optional) {
      throw new ConfigProblem(
          "couldn't find key %s in ConfigMap %s/%s"
              .formatted(key.key(), pod.namespace(), key.name()));
    }
    return value;
  }

  private @Nullable String value(SecretKeySelector key) throws ConfigProblem {
    boolean optional = Boolean.TRUE.equals(key.optional());
    Secret secret = secret(key.name(), optional);
    Bytes value = secret == null ? null : secret.data().get(key.key());
    if (value == null && !optional) {
      throw new ConfigProblem(
          "couldn't find key %s in Secret %s/%s".formatted(key.key(), pod.namespace(), key.name()));
    }
    return value == null ? null : value.text();
  }

  private @Nullable ConfigMap configMap(String name, boolean optional) throws ConfigProblem {
    try {
      return source.get(CoreV1.CONFIGMAPS, pod.namespace(), name);
    } catch (ApiFailure e) {
      tolerate(e, "configmap", name, optional);
      return null;
    }
  }

  private @Nullable Secret secret(String name, boolean optional) throws ConfigProblem {
    try {
      return source.get(CoreV1.SECRETS, pod.namespace(), name);
    } catch (ApiFailure e) {
      tolerate(e, "secret", name, optional);
      return null;
    }
  }

  /** What is optional may be missing; the kubelet names kinds in the singular. */
  private static void tolerate(ApiFailure failure, String kind, String name, boolean optional)
      throws ConfigProblem {
    if (!failure.isNotFound()) {
      throw new ConfigProblem(failure.status().message());
    }
    if (!optional) {
      throw new ConfigProblem("%s \"%s\" not found".formatted(kind, name));
    }
  }
}
