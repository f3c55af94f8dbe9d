package io.tiphys.linux;

import io.tiphys.base.Lifecycle;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The packet rules of one network namespace, that of the thread which opened this.
 *
 * <p>Scripts in nft's language are carried out by libnftables inside this process: a transaction
 * costs well under a millisecond instead of a process. Where only the {@code nft} program is there,
 * it is run.
 */
public final class Nftables implements Lifecycle {
  private static final String MISSING =
      "nftables is not installed; on Debian: apt-get install nftables";

  private final Engine engine;

  private Nftables(Engine engine) {
    this.engine = engine;
  }

  /**
   * Opens the rules of the calling thread's network namespace.
   *
   * @throws LinuxFailure if there is neither the library nor the program
   */
  public static Nftables open() {
    Optional<SymbolLookup> library = Library.LIBRARY;
    if (library.isPresent()) {
      return new Nftables(new Library(library.get()));
    }
    return Program.PATHS.stream()
        .filter(Files::isExecutable)
        .findFirst()
        .map(path -> new Nftables(new Program(path)))
        .orElseThrow(() -> new LinuxFailure(MISSING, 0));
  }

  /**
   * Carries out {@code script} as one transaction: all of it or nothing.
   *
   * @return what its {@code list} commands print, with handles to delete by
   * @throws LinuxFailure with the reason in nft's words
   */
  public String run(String script) {
    return engine.run(script);
  }

  @Override
  public void close() {
    engine.close();
  }

  private sealed interface Engine extends Lifecycle {
    String run(String script);
  }

  /** libnftables; see libnftables(3). */
  private static final class Library implements Engine {
    /** Not known whether two contexts may run at once: its parser and caches say nothing. */
    private static final Object LOCK = new Object();

    private static final Optional<SymbolLookup> LIBRARY = find();

    private static final int OUTPUT_HANDLES = 8;

    private final SymbolLookup symbols;
    private long context;

    Library(SymbolLookup symbols) {
      this.symbols = symbols;
      context = call("nft_ctx_new", 0);
      if (context == 0) {
        throw new LinuxFailure("open nftables", Errno.ENOMEM);
      }
      call("nft_ctx_output_set_flags", context, OUTPUT_HANDLES);
      call("nft_ctx_buffer_output", context);
      call("nft_ctx_buffer_error", context);
    }

    private static Optional<SymbolLookup> find() {
      try {
        return Optional.of(SymbolLookup.libraryLookup("libnftables.so.1", Arena.global()));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }

    private long call(String function, long... arguments) {
      return Libc.callAt(symbols.findOrThrow(function), arguments);
    }

    @Override
    public String run(String script) {
      synchronized (LOCK) {
        if (context == 0) {
          throw new LinuxFailure("nftables is closed", 0);
        }
        try (Arena arena = Arena.ofConfined()) {
          long buffer = Libc.string(arena, script);
          int result = (int) call("nft_run_cmd_from_buffer", context, buffer);
          String output = text(call("nft_ctx_get_output_buffer", context));
          String errors = text(call("nft_ctx_get_error_buffer", context));
          if (result != 0) {
            throw new LinuxFailure("nftables: " + errors.strip(), 0);
          }
          return output;
        }
      }
    }

    private static String text(long address) {
      return address == 0
          ? ""
          : MemorySegment.ofAddress(address).reinterpret(Integer.MAX_VALUE).getString(0);
    }

    @Override
    public void close() {
      synchronized (LOCK) {
        if (context != 0) {
          call("nft_ctx_free", context);
          context = 0;
        }
      }
    }
  }

  /** The nft program, once per transaction. */
  private record Program(Path path) implements Engine {
    static final List<Path> PATHS = List.of(Path.of("/usr/sbin/nft"), Path.of("/sbin/nft"));

    /** Rules are applied in milliseconds; a program that takes this long hangs. */
    private static final int PATIENCE_SECONDS = 30;

    @Override
    public String run(String script) {
      try {
        Process nft =
            new ProcessBuilder(path.toString(), "-a", "-f", "-").redirectErrorStream(true).start();
        try (var in = nft.getOutputStream()) {
          in.write(script.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!nft.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          nft.destroyForcibly();
          throw new LinuxFailure("nftables: " + path + " hangs", 0);
        }
        if (nft.exitValue() != 0) {
          throw new LinuxFailure("nftables: " + output.strip(), 0);
        }
        return output;
      } catch (IOException e) {
        throw new LinuxFailure("run " + path, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LinuxFailure("run " + path, Errno.EINTR);
      }
    }

    @Override
    public void close() {}
  }
}
