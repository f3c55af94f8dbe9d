package io.tiphys.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The top of the command; what follows it are the verbs, as in minikube. */
@Command(
    name = "tiphys",
    description = "Kubernetes in one process: a cluster on this machine with one command.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class TiphysCommand {
  private TiphysCommand() {}

  /** Runs one command line; returns its exit code. */
  public static int run(Context context, String... words) {
    CommandLine command =
        new CommandLine(new TiphysCommand())
            .addSubcommand(new StartCommand(context))
            .addSubcommand(new StopCommand(context))
            .addSubcommand(new DeleteCommand(context))
            .addSubcommand(new StatusCommand(context))
            .addSubcommand(new ImageCommand(context))
            .addSubcommand(new LogsCommand(context))
            .addSubcommand(passingOn(new KubectlCommand(context)))
            .addSubcommand(new ServerCommand(context));
    command.setExecutionExceptionHandler(
        (failure, line, _) -> {
          context.err().println("tiphys: " + message(failure));
          if (!(failure instanceof CliException)) {
            failure.printStackTrace(context.err());
          }
          return line.getCommandSpec().exitCodeOnExecutionException();
        });
    return command.execute(words);
  }

  /** A command whose words, options too, are another program's from the first one on. */
  private static CommandLine passingOn(Object command) {
    return new CommandLine(command)
        .setStopAtPositional(true)
        .setUnmatchedOptionsArePositionalParams(true);
  }

  private static String message(Exception failure) {
    return failure instanceof CliException ? String.valueOf(failure.getMessage()) : "" + failure;
  }
}
