package io.tiphys.node.engine;

import io.tiphys.linux.LinuxFailure;
import io.tiphys.node.cri.CriException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.util.function.Supplier;

/** What goes wrong inside the engine, in the words of its contract. */
final class Failures {
  private static final Logger LOG = System.getLogger(Failures.class.getName());

  private Failures() {}

  /** Does {@code work}; whatever goes wrong leaves as a {@link CriException}. */
  static <T> T mapped(Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      throw of(e);
    }
  }

  /** As {@link #mapped(Supplier)}, for what has no result. */
  static void mapped(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      throw of(e);
    }
  }

  /** Disk and kernel say themselves what is wrong; what nobody foresaw is also for the log. */
  static CriException of(RuntimeException failure) {
    return switch (failure) {
      case CriException known -> known;
      case UncheckedIOException disk -> internal(words(disk), disk);
      case LinuxFailure kernel -> internal(String.valueOf(kernel.getMessage()), kernel);
      default -> {
        LOG.log(Level.ERROR, "a call of the engine broke", failure);
        yield internal("the engine failed: " + failure, failure);
      }
    };
  }

  /** Exceptions of file systems say only which file; their kind is the reason. */
  private static String words(UncheckedIOException failure) {
    Throwable cause = failure.getCause();
    return switch (cause) {
      case FileSystemException file when file.getReason() == null ->
          file.getClass().getSimpleName().replace("Exception", "") + ": " + file.getFile();
      case null -> String.valueOf(failure.getMessage());
      default -> String.valueOf(cause.getMessage());
    };
  }

  private static CriException internal(String message, RuntimeException cause) {
    return new CriException(CriException.Code.INTERNAL, message, cause);
  }
}
