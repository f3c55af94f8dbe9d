package io.tiphys.cli;

import io.tiphys.codec.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts a cluster in the background and returns when it is ready. */
@Command(
    name = "start",
    description = "Starts the cluster in the background and makes it kubectl's current one.",
    mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
  /** How much of the log is shown when a start fails: the cause stands at its end. */
  private static final int LOG_LINES_SHOWN = 20;

  private final Context context;
  @Mixin private final ProfileOption profileOption = new ProfileOption();
  @Mixin private final ClusterOptions options = new ClusterOptions();

  StartCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    Profile profile = profileOption.in(context);
    Optional<DaemonRecord> running = DaemonRecord.running(profile);
    if (running.isPresent()) {
      makeCurrent(profile);
      context.out().printf("%s is running already: %s%n", profile.name(), running.get().server());
      return 0;
    }
    Progress progress = new Progress(context.out(), context.clock());
    context.out().printf("Starting %s in %s%n", profile.name(), profile.root());
    Process daemon = launch(profile);
    copyProgress(daemon);
    DaemonRecord record =
        DaemonRecord.running(profile)
            .filter(r -> r.pid() == daemon.pid())
            .orElseThrow(() -> failed(profile, daemon));
    Path file = makeCurrent(profile);
    context
        .out()
        .printf(
            "Ready in %d ms: %s, context \"%s\" in %s%n",
            progress.totalMillis(), record.server(), profile.name(), file);
    return 0;
  }

  private Process launch(Profile profile) throws IOException {
    Files.createDirectories(profile.root());
    List<String> command = new ArrayList<>(Launcher.detached());
    command.add("server");
    command.add("--profile=" + profile.name());
    command.addAll(options.words());
    return new ProcessBuilder(command)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectError(ProcessBuilder.Redirect.appendTo(profile.log().toFile()))
        .start();
  }

  /** The process prints its steps, then closes its output when it is ready or has failed. */
  private void copyProgress(Process daemon) throws IOException {
    try (BufferedReader lines = daemon.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        context.out().println(line);
        context.out().flush();
      }
    }
  }

  private Path makeCurrent(Profile profile) throws IOException {
    Path file = Kubeconfig.userFile(context.environment());
    Json.Obj entries = Kubeconfig.read(profile.kubeconfig());
    Kubeconfig.merge(file, profile.name(), entries);
    return file;
  }

  private CliException failed(Profile profile, Process daemon) {
    daemon.destroy();
    try {
      List<String> log = Files.readAllLines(profile.log());
      log.stream().skip(Math.max(0, log.size() - LOG_LINES_SHOWN)).forEach(context.err()::println);
    } catch (IOException e) {
      context.err().println("no log: " + e.getMessage());
    }
    return new CliException(
        "%s did not start; the whole log is %s".formatted(profile.name(), profile.log()));
  }
}
