package io.tiphys.server.cache;

import io.tiphys.api.Resource;

/**
 * Where objects lie in the store: {@code /registry/<group or core>/<plural>/<namespace>/<name>}.
 */
public final class StoreKeys {
  /** Everything that the API server keeps lies below this. */
  public static final String ROOT = "/registry/";

  /** The first key after all those below {@link #ROOT}. */
  public static final String END = end(ROOT);

  private static final String CORE = "core";
  private static final String EVENTS = "events.events.k8s.io";

  private StoreKeys() {}

  /** What the keys of a resource's objects begin with. */
  public static String prefix(Resource<?> resource) {
    return ROOT + group(resource) + "/" + resource.plural() + "/";
  }

  /** Events are the same objects in both of their groups, as upstream's cohabiting resources. */
  private static String group(Resource<?> resource) {
    boolean core = resource.group().isEmpty() || resource.qualifiedName().equals(EVENTS);
    return core ? CORE : resource.group();
  }

  /**
   * The same as upstream lays it out, for messages that tell a key; checked against
   * pkg/kubeapiserver/default_storage_factory_builder.go.
   */
  public static String upstream(Resource<?> resource) {
    return ROOT
        + switch (resource.qualifiedName()) {
          case "replicationcontrollers" -> "controllers";
          case "endpoints" -> "services/endpoints";
          case "nodes" -> "minions";
          case "services" -> "services/specs";
          case "ingresses.networking.k8s.io" -> "ingress";
          default -> resource.plural();
        }
        + "/";
  }

  /** The first key after all those that begin with {@code prefix}, which ends with a slash. */
  public static String end(String prefix) {
    return prefix.substring(0, prefix.length() - 1) + "0";
  }

  /** The prefix of the resource that a key belongs to; empty when it can belong to none. */
  public static String prefixOf(String key) {
    if (!key.startsWith(ROOT)) {
      return "";
    }
    int group = key.indexOf('/', ROOT.length());
    int plural = group < 0 ? -1 : key.indexOf('/', group + 1);
    return plural < 0 ? "" : key.substring(0, plural + 1);
  }
}
