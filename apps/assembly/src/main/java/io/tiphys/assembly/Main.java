package io.tiphys.assembly;

import io.tiphys.base.SystemClock;
import io.tiphys.base.machine.Machine;
import io.tiphys.cli.Context;
import io.tiphys.cli.TiphysCommand;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/** The program. */
public final class Main {
  private Main() {}

  public static void main(String[] words) {
    Host host = new Host(Machine.own(), new SystemClock(), SecureRandom::new);
    if (words.length > 0 && words[0].equals("train")) {
      System.exit(Training.run(host, List.of(words)));
    }
    Context context =
        new Context(
            new LocalCluster(host),
            host.clock(),
            host.machine().environment().variables(),
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
