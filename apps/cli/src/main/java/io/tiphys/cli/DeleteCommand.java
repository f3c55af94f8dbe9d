package io.tiphys.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes a cluster without a trace. */
@Command(
    name = "delete",
    description = "Stops the cluster and removes everything of it.",
    mixinStandardHelpOptions = true)
final class DeleteCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private final ProfileOption profileOption = new ProfileOption();

  @Option(names = "--all", description = "Delete every profile.")
  private boolean all;

  DeleteCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws Exception {
    Profile profile = profileOption.in(context);
    List<Profile> doomed = new ArrayList<>(List.of(profile));
    if (all) {
      doomed.addAll(profile.neighbours());
    }
    for (Profile each : doomed) {
      if (!each.exists()) {
        context.out().printf("%s does not exist%n", each.name());
        continue;
      }
      Shutdown.stop(context, each);
      Shutdown.remove(context, each);
      context.out().printf("Deleted %s%n", each.name());
    }
    return 0;
  }
}
