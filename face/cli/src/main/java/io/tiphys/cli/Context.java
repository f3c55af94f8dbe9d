package io.tiphys.cli;

import io.tiphys.base.Clock;
import java.io.PrintStream;
import java.util.Map;

/**
 * What a command has at hand.
 *
 * @param superuser the effective user is root
 */
public record Context(
    ClusterProcess cluster,
    Clock clock,
    Map<String, String> environment,
    boolean superuser,
    PrintStream out,
    PrintStream err) {

  Profile profile(String name) {
    return Profile.of(name, environment, superuser);
  }
}
