package io.tiphys.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts a cluster in the background and returns when it is ready. */
@Command(
    name = "start",
    description = "Starts the cluster in the background and makes it kubectl's current one.",
    mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
  /** How much of the log is shown when a start fails without a word: the cause is at its end. */
  private static final int LOG_LINES_SHOWN = 20;

  private final Context context;
  @Mixin private final ProfileOption profileOption = new ProfileOption();
  @Mixin private final ClusterOptions options = new ClusterOptions();

  StartCommand(Context context) {
    this.context = context;
  }

  /** The command with the flags of the API server. */
  CommandLine line() {
    CommandLine line = new CommandLine(this);
    options.server().addTo(line.getCommandSpec());
    return line;
  }

  @Override
  public Integer call() throws Exception {
    if (options.server().text(ServerFlag.AUDIT_LOG_PATH).equals("-")) {
      throw new CliException("--audit-log-path=- is for tiphys server, which keeps its output");
    }
    Profile profile = profileOption.in(context);
    Optional<DaemonRecord> running = DaemonRecord.running(profile);
    if (running.isPresent() && !running.get().ready()) {
      throw new CliException(
          "%s is being started by process %d".formatted(profile.name(), running.get().pid()));
    }
    if (running.isPresent()) {
      context.makeCurrent(profile);
      context.out().printf("%s is running already: %s%n", profile.name(), running.get().server());
      return 0;
    }
    // Better said before anything is started.
    Kubeconfig.read(Kubeconfig.userFile(context.environment()));
    Progress progress = new Progress(context.out(), context.clock());
    context.out().printf("Starting %s in %s%n", profile.name(), profile.root());
    Shutdown.removeRemains(context, profile);
    profile.makeFolder();
    long logged = Files.exists(profile.log()) ? Files.size(profile.log()) : 0;
    Process daemon = launch(profile);
    copyProgress(daemon);
    DaemonRecord record =
        DaemonRecord.running(profile)
            .filter(r -> r.pid() == daemon.pid() && r.ready())
            .orElseThrow(() -> failed(profile, daemon, logged));
    Path file = context.makeCurrent(profile);
    context
        .out()
        .printf(
            "Ready in %d ms: %s, context \"%s\" in %s%n",
            progress.totalMillis(), record.server(), profile.name(), file);
    return 0;
  }

  private Process launch(Profile profile) throws IOException {
    List<String> command = new ArrayList<>(Launcher.detached());
    command.add("server");
    command.add(ServerCommand.DETACHED);
    command.add("--profile=" + profile.name());
    command.addAll(options.words());
    ProcessBuilder daemon =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile()); // it must not hold on to the user's folder
    daemon.environment().put("TIPHYS_HOME", String.valueOf(profile.root().getParent()));
    return daemon
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

  /** Shows what the process said of its failure; frames and older starts are for the log. */
  private CliException failed(Profile profile, Process daemon, long logged) {
    daemon.destroy();
    try {
      List<String> said = logSince(profile, logged).filter(line -> !line.startsWith("\t")).toList();
      List<String> reasons = said.stream().filter(line -> line.startsWith("tiphys: ")).toList();
      if (reasons.isEmpty()) {
        reasons = said.subList(Math.max(0, said.size() - LOG_LINES_SHOWN), said.size());
      }
      reasons.forEach(context.err()::println);
    } catch (IOException e) {
      context.err().println("no log: " + e.getMessage());
    }
    return new CliException(
        "%s did not start; the whole log is %s".formatted(profile.name(), profile.log()));
  }

  private static Stream<String> logSince(Profile profile, long offset) throws IOException {
    try (FileChannel log = FileChannel.open(profile.log())) {
      byte[] bytes =
          Channels.newInputStream(log.position(Math.min(offset, log.size()))).readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8).lines();
    }
  }
}
