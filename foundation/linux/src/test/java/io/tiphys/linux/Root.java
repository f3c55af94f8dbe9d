package io.tiphys.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What the tests against the real kernel need. */
final class Root {
  private Root() {}

  /** Skips the test, saying why, where this process may not make namespaces. */
  static void assumeRoot() {
    HostSupport support = HostSupport.probe();
    assumeTrue(support.runsContainers(), () -> "skipped: " + support.reasons());
  }
}
