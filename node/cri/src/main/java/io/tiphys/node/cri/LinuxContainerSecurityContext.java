package io.tiphys.node.cri;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a container may do and as whom it runs.
 *
 * @param runAsGroup only with a user
 * @param runAsUsername instead of a number
 * @param seccomp null: unconfined
 */
public record LinuxContainerSecurityContext(
    Capability capabilities,
    boolean privileged,
    NamespaceOption namespaceOptions,
    @Nullable Long runAsUser,
    @Nullable Long runAsGroup,
    String runAsUsername,
    boolean readonlyRootfs,
    List<Long> supplementalGroups,
    SupplementalGroupsPolicy supplementalGroupsPolicy,
    boolean noNewPrivs,
    List<String> maskedPaths,
    List<String> readonlyPaths,
    @Nullable SecurityProfile seccomp,
    @Nullable SecurityProfile apparmor) {
  public static final LinuxContainerSecurityContext EMPTY =
      new LinuxContainerSecurityContext(
          Capability.EMPTY,
          false,
          NamespaceOption.EMPTY,
          null,
          null,
          "",
          false,
          List.of(),
          SupplementalGroupsPolicy.MERGE,
          false,
          List.of(),
          List.of(),
          null,
          null);

  public LinuxContainerSecurityContext {
    supplementalGroups = List.copyOf(supplementalGroups);
    maskedPaths = List.copyOf(maskedPaths);
    readonlyPaths = List.copyOf(readonlyPaths);
  }

  public static Builder builder() {
    return new Builder();
  }

  public Builder toBuilder() {
    Builder b = new Builder();
    b.capabilities = capabilities;
    b.privileged = privileged;
    b.namespaceOptions = namespaceOptions;
    b.runAsUser = runAsUser;
    b.runAsGroup = runAsGroup;
    b.runAsUsername = runAsUsername;
    b.readonlyRootfs = readonlyRootfs;
    b.supplementalGroups = supplementalGroups;
    b.supplementalGroupsPolicy = supplementalGroupsPolicy;
    b.noNewPrivs = noNewPrivs;
    b.maskedPaths = maskedPaths;
    b.readonlyPaths = readonlyPaths;
    b.seccomp = seccomp;
    b.apparmor = apparmor;
    return b;
  }

  /** Builds a {@link LinuxContainerSecurityContext} field by field. */
  public static final class Builder {
    private Capability capabilities = Capability.EMPTY;
    private boolean privileged;
    private NamespaceOption namespaceOptions = NamespaceOption.EMPTY;
    private @Nullable Long runAsUser;
    private @Nullable Long runAsGroup;
    private String runAsUsername = "";
    private boolean readonlyRootfs;
    private List<Long> supplementalGroups = List.of();
    private SupplementalGroupsPolicy supplementalGroupsPolicy = SupplementalGroupsPolicy.MERGE;
    private boolean noNewPrivs;
    private List<String> maskedPaths = List.of();
    private List<String> readonlyPaths = List.of();
    private @Nullable SecurityProfile seccomp;
    private @Nullable SecurityProfile apparmor;

    private Builder() {}

    public Builder capabilities(Capability value) {
      this.capabilities = value;
      return this;
    }

    public Builder privileged(boolean value) {
      this.privileged = value;
      return this;
    }

    public Builder namespaceOptions(NamespaceOption value) {
      this.namespaceOptions = value;
      return this;
    }

    public Builder runAsUser(@Nullable Long value) {
      this.runAsUser = value;
      return this;
    }

    public Builder runAsGroup(@Nullable Long value) {
      this.runAsGroup = value;
      return this;
    }

    public Builder runAsUsername(String value) {
      this.runAsUsername = value;
      return this;
    }

    public Builder readonlyRootfs(boolean value) {
      this.readonlyRootfs = value;
      return this;
    }

    public Builder supplementalGroups(List<Long> value) {
      this.supplementalGroups = value;
      return this;
    }

    public Builder supplementalGroupsPolicy(SupplementalGroupsPolicy value) {
      this.supplementalGroupsPolicy = value;
      return this;
    }

    public Builder noNewPrivs(boolean value) {
      this.noNewPrivs = value;
      return this;
    }

    public Builder maskedPaths(List<String> value) {
      this.maskedPaths = value;
      return this;
    }

    public Builder readonlyPaths(List<String> value) {
      this.readonlyPaths = value;
      return this;
    }

    public Builder seccomp(@Nullable SecurityProfile value) {
      this.seccomp = value;
      return this;
    }

    public Builder apparmor(@Nullable SecurityProfile value) {
      this.apparmor = value;
      return this;
    }

    public LinuxContainerSecurityContext build() {
      return new LinuxContainerSecurityContext(
          capabilities,
          privileged,
          namespaceOptions,
          runAsUser,
          runAsGroup,
          runAsUsername,
          readonlyRootfs,
          supplementalGroups,
          supplementalGroupsPolicy,
          noNewPrivs,
          maskedPaths,
          readonlyPaths,
          seccomp,
          apparmor);
    }
  }
}
