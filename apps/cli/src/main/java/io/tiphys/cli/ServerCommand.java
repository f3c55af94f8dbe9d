package io.tiphys.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a cluster in the foreground. */
@Command(
    name = "server",
    description = "Runs the cluster in the foreground, until a signal ends it.",
    mixinStandardHelpOptions = true)
final class ServerCommand implements Callable<Integer> {
  /** How {@code start} runs this command. */
  static final String DETACHED = "--detached";

  private final Context context;
  @Mixin private final ProfileOption profileOption = new ProfileOption();
  @Mixin private final ClusterOptions options = new ClusterOptions();

  @Option(names = DETACHED, hidden = true, description = "Close the output when ready.")
  private boolean detached;

  ServerCommand(Context context) {
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
    Profile profile = profileOption.in(context);
    Progress progress = new Progress(context.out(), context.clock());
    return context.cluster().serve(profile, options, progress, new Reporter(profile, progress));
  }

  private final class Reporter implements ClusterProcess.Listener {
    private final Profile profile;
    private final Progress progress;

    Reporter(Profile profile, Progress progress) {
      this.profile = profile;
      this.progress = progress;
    }

    /** Whoever reads along, as {@code start} does, reads no further than the output's end. */
    @Override
    public void ready(String server) {
      if (detached) {
        context.out().close();
      } else {
        context
            .out()
            .printf(
                "Ready in %d ms: %s, for kubectl: export KUBECONFIG=%s%n",
                progress.totalMillis(), server, profile.kubeconfig());
      }
    }

    @Override
    public void ended() throws IOException {
      if (options.ephemeral()) {
        Shutdown.remove(context, profile);
      }
    }
  }
}
