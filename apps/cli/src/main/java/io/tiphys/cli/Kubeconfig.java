package io.tiphys.cli;

import io.tiphys.base.files.AtomicFile;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The user's kubeconfig, edited without touching entries of others. Which file is written follows
 * client-go's tools/clientcmd/config.go: the first existing file of {@code $KUBECONFIG}, else its
 * last, else {@code ~/.kube/config}.
 */
public final class Kubeconfig {
  private static final List<String> SECTIONS = List.of("clusters", "users", "contexts");

  private Kubeconfig() {}

  /** The file that new entries belong in. */
  public static Path userFile(Map<String, String> environment) {
    List<Path> listed = userFiles(environment);
    return listed.stream().filter(Files::exists).findFirst().orElse(listed.getLast());
  }

  /** All files that kubectl reads; whether they exist or not. */
  static List<Path> userFiles(Map<String, String> environment) {
    List<Path> listed =
        Arrays.stream(environment.getOrDefault("KUBECONFIG", "").split(":"))
            .filter(name -> !name.isEmpty())
            .map(Path::of)
            .toList();
    String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    return listed.isEmpty() ? List.of(Path.of(home, ".kube", "config")) : listed;
  }

  /** Sets cluster, user and context {@code name} from {@code entries} and makes it current. */
  public static void merge(Path file, String name, Json.Obj entries) throws IOException {
    Json.Obj config = read(file);
    for (String section : SECTIONS) {
      List<Json> kept = others(config, section, name);
      kept.addAll(own(entries, section, name));
      config = config.with(section, new Json.Arr(kept));
    }
    write(file, config.with("current-context", new Json.Str(name)));
  }

  /** Whether there is a context {@code name}. */
  static boolean has(Path file, String name) throws IOException {
    return !own(read(file), "contexts", name).isEmpty();
  }

  /** Removes cluster, user and context {@code name}; the current context too if it was that. */
  public static void remove(Path file, String name) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    Json.Obj before = read(file);
    Json.Obj config = before;
    for (String section : SECTIONS) {
      if (config.get(section) != null) {
        config = config.with(section, new Json.Arr(others(config, section, name)));
      }
    }
    config = isCurrent(config, name) ? unset(config) : config;
    if (!config.equals(before)) {
      write(file, config);
    }
  }

  /** Leaves no context current if {@code name} was, as {@code minikube stop} does. */
  public static void unsetCurrent(Path file, String name) throws IOException {
    if (Files.exists(file)) {
      Json.Obj config = read(file);
      if (isCurrent(config, name)) {
        write(file, unset(config));
      }
    }
  }

  /** A complete kubeconfig for one cluster, with the credentials inside. */
  public static Json.Obj document(String name, String server, Credentials credentials) {
    Json.Obj cluster =
        object("server", server)
            .with("certificate-authority-data", new Json.Str(credentials.authority()));
    Json.Obj user =
        object("client-certificate-data", credentials.certificate())
            .with("client-key-data", new Json.Str(credentials.key()));
    Json.Obj context = object("cluster", name).with("user", new Json.Str(name));
    return object("apiVersion", "v1")
        .with("kind", new Json.Str("Config"))
        .with("clusters", single(name, "cluster", cluster))
        .with("users", single(name, "user", user))
        .with("contexts", single(name, "context", context))
        .with("current-context", new Json.Str(name));
  }

  /** Base64 of PEM, as kubeconfig files carry it. */
  public record Credentials(String authority, String certificate, String key) {}

  static Json.Obj read(Path file) throws IOException {
    if (!Files.exists(file) || Files.size(file) == 0) {
      return object("apiVersion", "v1").with("kind", new Json.Str("Config"));
    }
    Json.Obj config;
    try {
      config = Yaml.parse(Files.readAllBytes(file)) instanceof Json.Obj object ? object : null;
    } catch (CodecException e) {
      throw damaged(file, String.valueOf(e.getMessage()));
    }
    if (config == null) {
      throw damaged(file, "it holds no mapping");
    }
    for (String section : SECTIONS) {
      Json value = config.members().getOrDefault(section, Json.Null.NULL);
      if (!(value instanceof Json.Arr) && !(value instanceof Json.Null)) {
        throw damaged(file, "\"" + section + "\" is no list");
      }
    }
    return config;
  }

  private static CliException damaged(Path file, String what) {
    return new CliException(
        "%1$s is not a kubeconfig: %2$s. Nothing was changed; mend it, or move it away: mv %1$s %1$s.old"
            .formatted(file, what));
  }

  /** Replaces the file in one step, readable by its owner alone. */
  public static void write(Path file, Json.Obj config) throws IOException {
    Path target = Files.isSymbolicLink(file) ? file.toRealPath() : file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    AtomicFile.write(
        target,
        Yaml.print(config).getBytes(StandardCharsets.UTF_8),
        PosixFilePermissions.fromString("rw-------"));
  }

  private static List<Json> others(Json.Obj config, String section, String name) {
    List<Json> kept = new ArrayList<>(elements(config, section));
    kept.removeIf(entry -> name.equals(nameOf(entry)));
    return kept;
  }

  private static List<Json> own(Json.Obj config, String section, String name) {
    return elements(config, section).stream().filter(e -> name.equals(nameOf(e))).toList();
  }

  private static List<Json> elements(Json.Obj config, String section) {
    return config.get(section) instanceof Json.Arr(List<Json> entries) ? entries : List.of();
  }

  private static @Nullable String nameOf(Json entry) {
    return entry instanceof Json.Obj object && object.get("name") instanceof Json.Str(String name)
        ? name
        : null;
  }

  private static boolean isCurrent(Json.Obj config, String name) {
    return config.get("current-context") instanceof Json.Str(String current)
        && current.equals(name);
  }

  private static Json.Obj unset(Json.Obj config) {
    return config.with("current-context", new Json.Str(""));
  }

  private static Json.Arr single(String name, String kind, Json.Obj value) {
    return new Json.Arr(List.of(object("name", name).with(kind, value)));
  }

  private static Json.Obj object(String name, String value) {
    return new Json.Obj(Map.of(name, new Json.Str(value)));
  }
}
