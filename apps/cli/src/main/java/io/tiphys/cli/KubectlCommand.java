package io.tiphys.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Runs kubectl against the cluster, whatever the current context is. */
@Command(
    name = "kubectl",
    description = "Runs kubectl against this cluster; put -- before its options.",
    mixinStandardHelpOptions = true)
final class KubectlCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private final ProfileOption profileOption = new ProfileOption();

  @Parameters(paramLabel = "WORDS", description = "What kubectl is to do.")
  private List<String> words = new ArrayList<>();

  KubectlCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    Profile profile = profileOption.in(context);
    List<String> command = new ArrayList<>(List.of("kubectl"));
    command.addAll(words);
    ProcessBuilder kubectl = new ProcessBuilder(command).inheritIO();
    kubectl.environment().put("KUBECONFIG", profile.kubeconfig().toString());
    try {
      return kubectl.start().waitFor();
    } catch (IOException e) {
      throw new CliException(
          "no kubectl on the PATH. Install one, for example: apt-get install kubernetes-client", e);
    }
  }
}
