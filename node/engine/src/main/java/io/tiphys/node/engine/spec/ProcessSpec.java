package io.tiphys.node.engine.spec;

import io.tiphys.codec.Json;
import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.KeyValue;
import io.tiphys.node.cri.LinuxContainerSecurityContext;
import io.tiphys.node.cri.LinuxContainerUser;
import io.tiphys.node.cri.SecurityProfile;
import io.tiphys.node.engine.document.Writing;
import io.tiphys.node.engine.images.ImageConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The {@code process} of an OCI configuration. */
final class ProcessSpec {
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private ProcessSpec() {}

  static Writing of(SpecRequest request, LinuxContainerUser user) {
    ContainerConfig config = request.config();
    LinuxContainerSecurityContext security = config.linux().securityContext();
    List<String> capabilities =
        CapabilitySet.of(security.capabilities(), security.privileged(), request.host());
    Writing process =
        Writing.object()
            .put("terminal", config.tty())
            .put("user", user(user))
            .texts("args", args(config, request.image()))
            .texts("env", env(config, request.image(), request.sandbox().hostname()))
            .put("cwd", cwd(config, request.image()))
            .put(
                "capabilities",
                Writing.object()
                    .texts("bounding", capabilities)
                    .texts("effective", capabilities)
                    .texts("permitted", capabilities)
                    .texts("ambient", CapabilitySet.ambient(security.capabilities(), capabilities)))
            .put("noNewPrivileges", security.noNewPrivs())
            .put(
                "oomScoreAdj",
                request.host().allowedOomScoreAdj(config.linux().resources().oomScoreAdj()));
    SecurityProfile apparmor = security.apparmor();
    if (apparmor != null && apparmor.type() == SecurityProfile.Type.LOCALHOST) {
      process.put("apparmorProfile", apparmor.localhostRef());
    }
    return process;
  }

  static Writing user(LinuxContainerUser user) {
    return Writing.object()
        .put("uid", user.uid())
        .put("gid", user.gid())
        .list("additionalGids", user.supplementalGroups(), Json.Int::new);
  }

  /** Entrypoint and command as Kubernetes replaces them: a command drops the image's args too. */
  static List<String> args(ContainerConfig config, ImageConfig image) {
    List<String> args = new ArrayList<>(config.command());
    if (config.command().isEmpty()) {
      args.addAll(image.entrypoint());
      args.addAll(config.args().isEmpty() ? image.cmd() : config.args());
    } else {
      args.addAll(config.args());
    }
    if (args.isEmpty()) {
      throw CriException.invalid("no command specified");
    }
    return args;
  }

  static List<String> env(ContainerConfig config, ImageConfig image, String hostname) {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("PATH", DEFAULT_PATH);
    env.put("HOSTNAME", hostname);
    if (config.tty()) {
      env.put("TERM", "xterm");
    }
    for (String pair : image.env()) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        env.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    for (KeyValue pair : config.envs()) {
      env.put(pair.key(), pair.value());
    }
    return env.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  static String cwd(ContainerConfig config, ImageConfig image) {
    String cwd = config.workingDir().isEmpty() ? image.workingDir() : config.workingDir();
    if (cwd.isEmpty()) {
      return "/";
    }
    return cwd.startsWith("/") ? cwd : "/" + cwd;
  }
}
