package io.tiphys.node.agent.volumes;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** Two files change places in one step, so that none is ever missing: what an attacker does. */
final class Exchange {
  private static final int AT_FDCWD = -100;
  private static final int RENAME_EXCHANGE = 2;

  private static final MethodHandle RENAMEAT2 =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("renameat2"),
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));

  private Exchange() {}

  static void of(Path one, Path other) {
    try (Arena arena = Arena.ofConfined()) {
      int result =
          (int)
              RENAMEAT2.invokeExact(
                  AT_FDCWD,
                  arena.allocateFrom(one.toString()),
                  AT_FDCWD,
                  arena.allocateFrom(other.toString()),
                  RENAME_EXCHANGE);
      if (result != 0) {
        throw new AssertionError("cannot exchange " + one + " and " + other);
      }
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
