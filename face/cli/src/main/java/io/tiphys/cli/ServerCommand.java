package io.tiphys.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a cluster in the foreground. */
@Command(
    name = "server",
    description = "Runs the cluster in the foreground, until a signal ends it.",
    mixinStandardHelpOptions = true)
final class ServerCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private final ProfileOption profile = new ProfileOption();
  @Mixin private final ClusterOptions options = new ClusterOptions();

  ServerCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    Progress progress = new Progress(context.out(), context.clock());
    return context.cluster().serve(profile.in(context), options, progress);
  }
}
