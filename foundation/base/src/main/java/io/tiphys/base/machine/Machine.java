package io.tiphys.base.machine;

/**
 * The machine as a whole, for whoever hands its parts on: a component takes what it uses and no
 * more.
 */
public record Machine(Network network, Processes processes, Disk disk, Environment environment) {

  /** This machine, as the JVM reaches it. Asked for by assemblies and tests alone. */
  public static Machine own() {
    return new Machine(
        new SystemNetwork(), new SystemProcesses(), new SystemDisk(), Environment.own());
  }
}
