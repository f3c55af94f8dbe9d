package io.tiphys.server.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.base.Clock;
import io.tiphys.base.machine.Machine;
import io.tiphys.server.configuration.ConfigurationException;
import io.tiphys.server.configuration.Fields;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Another server and how to be known there, as a kubeconfig file says it: of its current context
 * the cluster and the user.
 *
 * @param authorities PEM; empty for those that the JDK trusts
 * @param certificate PEM of the client's certificate; empty for none
 * @param key PEM of the client's key; empty for none
 * @param authorization the header, asked for at each request; empty for none
 */
public record WebhookConfig(
    URI server,
    String authorities,
    boolean insecure,
    String certificate,
    String key,
    Supplier<String> authorization) {

  /** Go's http client connects for so long at most. */
  private static final Duration CONNECT = Duration.ofSeconds(30);

  private static final Set<String> SCHEMES = Set.of("http", "https");

  /**
   * Reads a kubeconfig file.
   *
   * @throws ConfigurationException if it cannot be used
   */
  public static WebhookConfig read(Path file, Machine machine) {
    return new Reader(file, machine).config();
  }

  /** Opens a client for the server. */
  public WebhookClient open(
      Machine machine, Duration initialBackoff, Clock clock, RandomGenerator random) {
    HttpClient.Builder http =
        machine
            .network()
            .http()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1);
    if (server.getScheme().equals("https")) {
      http.sslContext(ClientTls.context(authorities, insecure, certificate, key));
    }
    return new WebhookClient(server, http.build(), authorization, initialBackoff, clock, random);
  }

  private record Reader(Path file, Machine machine) {
    WebhookConfig config() {
      Fields root = Fields.readAnything(contentOf(file));
      String context = root.text("current-context");
      Fields chosen = named(root, "contexts", context, "context");
      if (chosen == null && !context.isEmpty()) {
        throw new ConfigurationException("context \"" + context + "\" does not exist");
      }
      Fields cluster =
          named(root, "clusters", chosen == null ? "" : chosen.text("cluster"), "cluster");
      if (cluster == null) {
        throw new ConfigurationException(
            "invalid configuration: no configuration has been provided, try setting"
                + " KUBERNETES_MASTER environment variable");
      }
      Fields user = named(root, "users", chosen == null ? "" : chosen.text("user"), "user");
      if (cluster.has("tls-server-name") || cluster.has("proxy-url")) {
        throw new ConfigurationException(
            file + ": tls-server-name and proxy-url are not supported here");
      }
      return new WebhookConfig(
          address(cluster.text("server")),
          content(cluster, "certificate-authority"),
          Boolean.TRUE.equals(cluster.truth("insecure-skip-tls-verify")),
          user == null ? "" : content(user, "client-certificate"),
          user == null ? "" : content(user, "client-key"),
          user == null ? () -> "" : authorization(user));
    }

    private URI address(String server) {
      try {
        URI address = URI.create(server);
        if (address.getScheme() != null
            && SCHEMES.contains(address.getScheme())
            && address.getHost() != null) {
          return address.getRawPath().isEmpty() ? address.resolve("/") : address;
        }
      } catch (IllegalArgumentException noAddress) {
        // told below
      }
      throw new ConfigurationException(file + ": no address of a server: " + server);
    }

    private static @Nullable Fields named(Fields root, String list, String name, String member) {
      List<Fields> all = root.objects(list);
      for (Fields each : all) {
        if (each.text("name").equals(name)) {
          return each.object(member);
        }
      }
      return null;
    }

    /** What a field holds as base64, or the file that it names. */
    private String content(Fields fields, String name) {
      String data = fields.text(name + "-data");
      if (!data.isEmpty()) {
        try {
          return new String(Base64.getMimeDecoder().decode(data), UTF_8);
        } catch (IllegalArgumentException e) {
          throw new ConfigurationException(file + ": " + name + "-data is not base64", e);
        }
      }
      String path = fields.text(name);
      return path.isEmpty() ? "" : contentOf(file.resolveSibling(path));
    }

    private Supplier<String> authorization(Fields user) {
      String tokenFile = user.text("tokenFile");
      if (!tokenFile.isEmpty()) {
        Path path = file.resolveSibling(tokenFile);
        return () -> "Bearer " + contentOf(path).strip();
      }
      String token = user.text("token");
      String name = user.text("username");
      if (!token.isEmpty()) {
        return () -> "Bearer " + token;
      }
      String basic = name + ":" + user.text("password");
      return name.isEmpty()
          ? () -> ""
          : () -> "Basic " + Base64.getEncoder().encodeToString(basic.getBytes(UTF_8));
    }

    private String contentOf(Path path) {
      try {
        return machine.disk().readString(path);
      } catch (IOException e) {
        throw new ConfigurationException("cannot read " + path + ": " + e.getMessage(), e);
      }
    }
  }

  @Override
  public String toString() {
    return "WebhookConfig[" + server + "]";
  }
}
