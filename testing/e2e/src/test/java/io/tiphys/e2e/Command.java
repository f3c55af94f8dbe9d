package io.tiphys.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** One run of a program: what it said and how it ended. */
record Command(List<String> words, int exitCode, String out, String err) {
  /** No command of these tests takes as long; one that does hangs. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  static Command run(Map<String, String> environment, String input, List<String> words) {
    try {
      ProcessBuilder builder = new ProcessBuilder(words);
      builder.environment().putAll(environment);
      Process process = builder.start();
      AtomicReference<String> err = new AtomicReference<>("");
      Thread errors = Thread.startVirtualThread(() -> err.set(read(process.getErrorStream())));
      Thread feeder =
          Thread.startVirtualThread(
              () -> {
                try (var stdin = process.getOutputStream()) {
                  stdin.write(input.getBytes(StandardCharsets.UTF_8));
                } catch (IOException _) {
                  // the program ended without reading all of it: its exit code tells
                }
              });
      AtomicReference<String> out = new AtomicReference<>("");
      Thread output = Thread.startVirtualThread(() -> out.set(read(process.getInputStream())));
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("hangs: " + words);
      }
      output.join();
      errors.join();
      feeder.join();
      return new Command(
          words,
          process.exitValue(),
          java.util.Objects.requireNonNull(out.get()),
          java.util.Objects.requireNonNull(err.get()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String read(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /** This run, if it ended well. */
  Command ok() {
    if (exitCode != 0) {
      throw new AssertionError("failed: " + this);
    }
    return this;
  }

  List<String> lines() {
    return out.lines().toList();
  }

  @Override
  public String toString() {
    return "%s%nexit code %d%nstdout:%n%s%nstderr:%n%s"
        .formatted(String.join(" ", words), exitCode, out, err);
  }
}
