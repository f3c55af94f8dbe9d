package io.tiphys.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stops a cluster; its state stays for the next start. */
@Command(
    name = "stop",
    description = "Stops the cluster and its containers; the next start goes on from there.",
    mixinStandardHelpOptions = true)
final class StopCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private final ProfileOption profileOption = new ProfileOption();

  StopCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    Profile profile = profileOption.in(context);
    boolean stopped = Shutdown.stop(context, profile);
    context.out().printf(stopped ? "Stopped %s%n" : "%s is not running%n", profile.name());
    return 0;
  }
}
