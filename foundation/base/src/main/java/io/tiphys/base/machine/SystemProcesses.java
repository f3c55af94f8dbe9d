package io.tiphys.base.machine;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;

/** The machine's own processes. */
final class SystemProcesses implements Processes {
  private static final File NOTHING = new File("/dev/null");

  @Override
  public Process start(Command command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command.words());
    if (command.folder() != null) {
      builder.directory(command.folder().toFile());
    }
    for (Stream stream : command.streams()) {
      switch (stream) {
        case NO_INPUT -> builder.redirectInput(NOTHING);
        case NO_OUTPUT -> builder.redirectOutput(Redirect.DISCARD);
        case NO_ERRORS -> builder.redirectError(Redirect.DISCARD);
        case ERRORS_WITH_OUTPUT -> builder.redirectErrorStream(true);
      }
    }
    return builder.start();
  }
}
