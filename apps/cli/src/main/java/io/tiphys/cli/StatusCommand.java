package io.tiphys.cli;

import io.tiphys.codec.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says how a cluster is. */
@Command(
    name = "status",
    description = "Shows whether the cluster runs, and its nodes; exits with 7 when it does not.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  /** What {@code minikube status} answers for a stopped cluster. */
  private static final int EXIT_STOPPED = 7;

  private static final Json.Str RUNNING = new Json.Str("Running");

  /** What fits on a screen. */
  private static final int MOST_NAMED = 16;

  private final Context context;
  @Mixin private final ProfileOption profileOption = new ProfileOption();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "text|json",
      defaultValue = "text",
      description = "How to print it (default: ${DEFAULT-VALUE}).")
  private Format format = Format.text;

  /** The names are what the user types. */
  enum Format {
    text,
    json
  }

  StatusCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Profile profile = profileOption.in(context);
    Optional<DaemonRecord> running = DaemonRecord.running(profile);
    Json.Obj status = describe(profile, running);
    context.out().print(format == Format.json ? status.text() + "\n" : text(status));
    return RUNNING.equals(status.get("state")) ? 0 : EXIT_STOPPED;
  }

  private Json.Obj describe(Profile profile, Optional<DaemonRecord> running)
      throws IOException, InterruptedException {
    Map<String, Json> status = new LinkedHashMap<>();
    status.put("profile", new Json.Str(profile.name()));
    status.put("state", state(running));
    status.put("folder", new Json.Str(profile.root().toString()));
    if (running.isPresent()) {
      status.put("pid", new Json.Int(running.get().pid()));
    }
    if (running.isPresent() && running.get().ready()) {
      status.put("server", new Json.Str(running.get().server()));
      status.put("kubeconfig", new Json.Str(kubeconfig(profile).toString()));
      try {
        status.put("nodes", nodes(profile));
      } catch (CliException | IOException e) {
        // The process is there, the cluster is not: it was killed just now, for example.
        status.put("state", new Json.Str("Unreachable"));
        status.put("problem", new Json.Str(String.valueOf(e.getMessage())));
      }
    }
    return new Json.Obj(status);
  }

  private static Json.Str state(Optional<DaemonRecord> running) {
    if (running.isEmpty()) {
      return new Json.Str("Stopped");
    }
    return running.get().ready() ? RUNNING : new Json.Str("Starting");
  }

  /** The user's, if the cluster is in it, else the cluster's own. */
  private Path kubeconfig(Profile profile) throws IOException {
    for (Path file : Kubeconfig.userFiles(context.environment())) {
      try {
        if (Kubeconfig.has(file, profile.name())) {
          return file;
        }
      } catch (CliException damaged) {
        context.err().println("tiphys: " + damaged.getMessage());
      }
    }
    return profile.kubeconfig();
  }

  private static Json nodes(Profile profile) throws IOException, InterruptedException {
    List<Json> nodes = new ArrayList<>();
    if (ApiClient.of(profile).get("/api/v1/nodes") instanceof Json.Obj list
        && list.get("items") instanceof Json.Arr(List<Json> items)) {
      for (Json item : items) {
        nodes.add(node(item));
      }
    }
    return new Json.Arr(nodes);
  }

  private static Json node(Json item) {
    Map<String, Json> node = new LinkedHashMap<>();
    node.put("name", member(item, "metadata", "name"));
    node.put("state", new Json.Str("Unknown"));
    if (member(item, "status", "conditions") instanceof Json.Arr(List<Json> conditions)) {
      for (Json condition : conditions) {
        if (member(condition, "type") instanceof Json.Str(String type) && type.equals("Ready")) {
          boolean ready = new Json.Str("True").equals(member(condition, "status"));
          node.put("state", new Json.Str(ready ? "Ready" : "NotReady"));
          node.put("message", member(condition, "message"));
        }
      }
    }
    return new Json.Obj(node);
  }

  private static Json member(Json value, String... path) {
    Json at = value;
    for (String name : path) {
      Json next = at instanceof Json.Obj object ? object.get(name) : null;
      if (next == null) {
        return Json.Null.NULL;
      }
      at = next;
    }
    return at;
  }

  static String text(Json.Obj status) {
    StringBuilder text = new StringBuilder();
    status
        .members()
        .forEach(
            (name, value) -> {
              if (value instanceof Json.Arr(List<Json> nodes)) {
                describe(text, nodes);
              } else {
                line(text, name, plain(value));
              }
            });
    return text.toString();
  }

  /** Of many nodes only those are named that are not well. */
  private static void describe(StringBuilder text, List<Json> nodes) {
    boolean many = nodes.size() > MOST_NAMED;
    if (many) {
      long ready = nodes.stream().filter(StatusCommand::isReady).count();
      line(text, "nodes", "%d of %d Ready".formatted(ready, nodes.size()));
    }
    nodes.stream()
        .filter(node -> !many || !isReady(node))
        .limit(MOST_NAMED)
        .forEach(node -> line(text, "node", nodeText(node)));
  }

  private static boolean isReady(Json node) {
    return plain(member(node, "state")).equals("Ready");
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-12s%s%n".formatted(name + ":", value));
  }

  private static String nodeText(Json node) {
    String state = plain(member(node, "name")) + " " + plain(member(node, "state"));
    return isReady(node) ? state : state + " (" + plain(member(node, "message")) + ")";
  }

  private static String plain(Json value) {
    return switch (value) {
      case Json.Str(String string) -> string;
      case Json.Int(long number) -> String.valueOf(number);
      case Json.Null _ -> "";
      default -> value.text();
    };
  }
}
