package io.tiphys.rules.pods;

import java.util.Set;

/**
 * Which of the kernel's namespaces a setting belongs to; checked against
 * component-helpers/node/util/sysctl/namespace.go.
 */
final class Sysctls {
  private static final Set<String> OF_IPC =
      Set.of(
          "kernel.sem",
          "kernel.shmall",
          "kernel.shmmax",
          "kernel.shmmni",
          "kernel.shm_rmid_forced",
          "kernel.shm",
          "kernel.msgmax",
          "kernel.msgmnb",
          "kernel.msgmni",
          "kernel.msg");

  private Sysctls() {}

  /** The namespaces that have settings of their own. */
  enum Namespace {
    IPC,
    NET,
    NONE
  }

  static Namespace namespaceOf(String name) {
    String dotted = normalized(name);
    int star = dotted.indexOf('*');
    dotted = star < 0 ? dotted : dotted.substring(0, star);
    if (OF_IPC.contains(dotted) || dotted.startsWith("fs.mqueue.")) {
      return Namespace.IPC;
    }
    return dotted.startsWith("net.") ? Namespace.NET : Namespace.NONE;
  }

  /** {@code net/ipv4/conf/eth0.1/x} as {@code net.ipv4.conf.eth0/1.x}. */
  private static String normalized(String name) {
    int slash = name.indexOf('/');
    int dot = name.indexOf('.');
    if (slash < 0 || (dot >= 0 && dot < slash)) {
      return name;
    }
    StringBuilder swapped = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      swapped.append(c == '.' ? '/' : c == '/' ? '.' : c);
    }
    return swapped.toString();
  }
}
