package io.tiphys.cli;

import picocli.CommandLine.Option;

/** The option every command has: which cluster. */
final class ProfileOption {
  @Option(
      names = {"-p", "--profile"},
      paramLabel = "NAME",
      defaultValue = Profile.DEFAULT,
      description = "The cluster to work on (default: ${DEFAULT-VALUE}).")
  private String name = Profile.DEFAULT;

  Profile in(Context context) {
    return context.profile(name);
  }
}
