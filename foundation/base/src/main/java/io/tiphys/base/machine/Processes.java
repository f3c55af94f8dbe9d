package io.tiphys.base.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The programs of the machine as one component starts them. */
@FunctionalInterface
public interface Processes {
  /**
   * Starts a program.
   *
   * @throws IOException if there is none of that name, or it may not be run
   */
  Process start(Command command) throws IOException;

  /** What a program's streams may be instead of pipes to who started it. */
  enum Stream {
    NO_INPUT,
    NO_OUTPUT,
    NO_ERRORS,
    ERRORS_WITH_OUTPUT
  }

  /**
   * A program to start.
   *
   * @param words its path or name, then its arguments
   * @param folder where it starts; null for where this process is
   * @param streams those that are no pipes
   */
  record Command(List<String> words, @Nullable Path folder, Set<Stream> streams) {
    public Command {
      words = List.copyOf(words);
      streams = streams.isEmpty() ? Set.of() : EnumSet.copyOf(streams);
    }

    /** A program in this process's own folder, with pipes for what is not in {@code streams}. */
    public static Command of(List<String> words, Stream... streams) {
      return new Command(words, null, Set.of(streams));
    }

    public Command in(Path folder) {
      return new Command(words, folder, streams);
    }
  }
}
