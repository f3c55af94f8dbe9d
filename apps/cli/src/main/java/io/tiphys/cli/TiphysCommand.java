package io.tiphys.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
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
            .addSubcommand(new StartCommand(context).line())
            .addSubcommand(new StopCommand(context))
            .addSubcommand(new DeleteCommand(context))
            .addSubcommand(new StatusCommand(context))
            .addSubcommand(new ImageCommand(context))
            .addSubcommand(new LogsCommand(context))
            .addSubcommand(passingOn(new KubectlCommand(context)))
            .addSubcommand(new ServerCommand(context).line());
    command.getCommandSpec().version(context.version());
    command.setOut(new PrintWriter(context.out(), true, StandardCharsets.UTF_8));
    command.setErr(new PrintWriter(context.err(), true, StandardCharsets.UTF_8));
    command.setExecutionExceptionHandler(
        (failure, line, _) -> {
          context.err().println("tiphys: " + message(failure));
          if (!(failure instanceof CliException || failure instanceof FileSystemException)) {
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
    return switch (failure) {
      case CliException _ -> String.valueOf(failure.getMessage());
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileSystemException file -> String.valueOf(file.getMessage());
      default -> String.valueOf(failure);
    };
  }
}
