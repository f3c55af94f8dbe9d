package io.tiphys.server.apiserver;

import io.tiphys.base.Loops;

/** How often the loops of this process have failed, as Prometheus reads it. */
final class LoopMetrics {
  private LoopMetrics() {}

  static void write(Loops loops, StringBuilder text) {
    text.append("# HELP tiphys_loop_failures_total Failures of supervised loops.\n")
        .append("# TYPE tiphys_loop_failures_total counter\n");
    loops
        .failures()
        .forEach(
            (name, count) ->
                text.append("tiphys_loop_failures_total{loop=\"%s\"} %d\n".formatted(name, count)));
  }
}
