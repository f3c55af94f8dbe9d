package io.tiphys.node.engine.images;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How to reach registries.
 *
 * @param insecure hosts ({@code name} or {@code name:port}) whose certificates are not checked and
 *     which may answer in plain HTTP; with {@code http://} before it, TLS is not even tried.
 *     Loopback addresses may always answer in plain HTTP.
 * @param certificateAuthorities a PEM file of further authorities to trust; null for the system's
 *     alone
 */
public record RegistryConfig(Set<String> insecure, @Nullable Path certificateAuthorities) {
  public static final RegistryConfig DEFAULT = new RegistryConfig(Set.of(), null);

  public RegistryConfig {
    insecure = Set.copyOf(insecure);
  }

  boolean isInsecure(String registry) {
    return insecure.contains(registry) || insecure.contains(host(registry));
  }

  /** Whether to speak plain HTTP from the first word. */
  boolean speaksPlainHttp(String registry) {
    return insecure.contains("http://" + registry);
  }

  /** Whether plain HTTP will do when the registry speaks no TLS. */
  boolean allowsPlainHttp(String registry) {
    String host = host(registry);
    return isInsecure(registry)
        || host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127(\\.\\d{1,3}){3}");
  }

  private static String host(String registry) {
    int colon = registry.lastIndexOf(':');
    return colon > registry.lastIndexOf(']') ? registry.substring(0, colon) : registry;
  }
}
