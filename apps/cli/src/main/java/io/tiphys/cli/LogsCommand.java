package io.tiphys.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what the cluster's process logged. */
@Command(
    name = "logs",
    description = "Shows the log of the cluster's process.",
    mixinStandardHelpOptions = true)
final class LogsCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private final ProfileOption profileOption = new ProfileOption();

  @Option(
      names = {"-f", "--follow"},
      description = "Go on as the log grows.")
  private boolean follow;

  @Option(
      names = {"-n", "--length"},
      paramLabel = "LINES",
      defaultValue = "60",
      description = "How many lines to show (default: ${DEFAULT-VALUE}).")
  private int lines;

  LogsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Profile profile = profileOption.in(context);
    if (!profile.log().toFile().exists()) {
      throw new CliException(
          "%s has no log; start it with: tiphys start -p %s"
              .formatted(profile.name(), profile.name()));
    }
    String file = profile.log().toString();
    return new ProcessBuilder("tail", follow ? "-F" : "-q", "-n", String.valueOf(lines), file)
        .inheritIO()
        .start()
        .waitFor();
  }
}
