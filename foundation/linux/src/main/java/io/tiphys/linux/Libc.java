package io.tiphys.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The C library, every function through one call shape.
 *
 * <p>Linking a shape costs milliseconds at start-up and a class per shape, so there is one for all:
 * six integer registers in, one out. The calling conventions of x86-64 and AArch64 pass int, long,
 * size_t and pointers alike and let a callee ignore registers it does not use. Functions that take
 * floats or structs by value must not be called through here; nor those whose result does not fit
 * an int.
 */
final class Libc {
  static final int AT_FDCWD = -100;
  static final int AT_SYMLINK_NOFOLLOW = 0x100;
  static final int AT_EMPTY_PATH = 0x1000;
  static final int O_RDONLY = 0;
  static final int O_CLOEXEC = 0x80000;

  private static final int REGISTERS = 6;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      MethodHandles.insertCoordinates(STATE.varHandle(PathElement.groupElement("errno")), 1, 0L);
  private static final MethodHandle CALL =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          Linker.Option.captureCallState("errno"));
  private static final ConcurrentHashMap<String, MemorySegment> FUNCTIONS =
      new ConcurrentHashMap<>();

  private Libc() {}

  /**
   * Calls {@code function}; segments whose addresses are passed must stay alive meanwhile.
   *
   * @return its result, or the negated error number where the function returned -1
   */
  static int call(String function, long... arguments) {
    MemorySegment address =
        FUNCTIONS.computeIfAbsent(function, name -> LINKER.defaultLookup().findOrThrow(name));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) invoke(address, state, arguments);
      return result == -1 ? -(int) ERRNO.get(state) : result;
    }
  }

  /** Calls a function of any library; returns the bare register, a pointer perhaps. */
  static long callAt(MemorySegment function, long... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      return invoke(function, arena.allocate(STATE), arguments);
    }
  }

  private static long invoke(MemorySegment function, MemorySegment state, long[] arguments) {
    long[] a = new long[REGISTERS];
    System.arraycopy(arguments, 0, a, 0, arguments.length);
    try {
      return (long) CALL.invokeExact(function, state, a[0], a[1], a[2], a[3], a[4], a[5]);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a native call throws nothing", e);
    }
  }

  /** As {@link #call}, repeated while a signal interrupts it. */
  static int callAgain(String function, long... arguments) {
    int result = call(function, arguments);
    while (result == -Errno.EINTR) {
      result = call(function, arguments);
    }
    return result;
  }

  /** Fails with {@code what} if {@code result} is a negated error number; returns it otherwise. */
  static int check(int result, String what) {
    if (result < 0) {
      throw new LinuxFailure(what, -result);
    }
    return result;
  }

  static long string(Arena arena, String text) {
    return arena.allocateFrom(text).address();
  }

  static long path(Arena arena, Path path) {
    return string(arena, path.toString());
  }

  /** Memory of 64-bit numbers: many small kernel structs are nothing else. */
  static long longs(Arena arena, long... values) {
    return arena.allocateFrom(ValueLayout.JAVA_LONG, values).address();
  }

  static int open(Path path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      int fd = callAgain("open", path(arena, path), flags | O_CLOEXEC, 0);
      return check(fd, "open " + path);
    }
  }

  static void close(int fd) {
    // Linux has released the descriptor even when close reports an error.
    call("close", fd);
  }
}
