package io.tiphys.assembly;

import io.tiphys.base.SystemClock;
import io.tiphys.cli.Context;
import io.tiphys.cli.TiphysCommand;
import java.util.Arrays;
import java.util.List;

/** The program. */
public final class Main {
  private Main() {}

  public static void main(String[] words) {
    SystemClock clock = new SystemClock();
    if (words.length > 0 && words[0].equals("train")) {
      System.exit(Training.run(clock, List.of(words)));
    }
    Context context =
        new Context(
            new LocalCluster(clock),
            clock,
            System.getenv(),
            isSuperuser(),
            "tiphys, Kubernetes " + Release.GIT_VERSION,
            System.out,
            System.err);
    System.exit(TiphysCommand.run(context, Arrays.copyOf(words, words.length)));
  }

  private static boolean isSuperuser() {
    return new com.sun.security.auth.module.UnixSystem().getUid() == 0;
  }
}
