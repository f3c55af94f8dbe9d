package io.tiphys.node.engine;

import java.util.List;
import java.util.Locale;

/** Names of signals as images and pods write them. */
final class StopSignals {
  /** By number, from {@code asm-generic/signal.h}. */
  private static final List<String> NAMES =
      List.of(
          "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV",
          "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU",
          "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");

  private static final int SIGTERM = 15;
  private static final int RTMIN = 34;
  private static final int RTMAX = 64;

  private StopSignals() {}

  /** The number of a name such as {@code SIGUSR1}, {@code RTMIN+3} or {@code 15}; else SIGTERM. */
  static int number(String text) {
    String name = text.strip().toUpperCase(Locale.ROOT);
    if (name.matches("\\d{1,2}")) {
      int number = Integer.parseInt(name);
      return number >= 1 && number <= RTMAX ? number : SIGTERM;
    }
    String bare = name.startsWith("SIG") ? name.substring(3) : name;
    if (bare.matches("RTMIN(\\+|PLUS)\\d{1,2}")) {
      return Math.min(RTMAX, RTMIN + Integer.parseInt(bare.replaceAll("\\D", "")));
    }
    if (bare.matches("RTMAX(-|MINUS)\\d{1,2}")) {
      return Math.max(RTMIN, RTMAX - Integer.parseInt(bare.replaceAll("\\D", "")));
    }
    int number =
        switch (bare) {
          case "RTMIN" -> RTMIN;
          case "RTMAX" -> RTMAX;
          case "CLD" -> NAMES.indexOf("CHLD");
          case "IOT" -> NAMES.indexOf("ABRT");
          case "POLL" -> NAMES.indexOf("IO");
          default -> NAMES.indexOf(bare);
        };
    return number > 0 ? number : SIGTERM;
  }
}
