package io.tiphys.node.cri;

/**
 * A seccomp or AppArmor profile.
 *
 * @param localhostRef file or name of the profile, with {@link Type#LOCALHOST}
 */
public record SecurityProfile(Type type, String localhostRef) {
  /** Where the profile comes from. */
  public enum Type {
    RUNTIME_DEFAULT,
    UNCONFINED,
    LOCALHOST
  }
}
