package io.tiphys.e2e;

import io.tiphys.node.engine.fixture.OciImageBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Images made on the spot from Debian's busybox, under the names that the seed's manifests use.
 * Each method packs one as an archive and returns its file.
 */
final class StandInImages {
  private static final int PROGRAM = 0755;

  /** Debian's busybox has no bash; what the seed asks of bash its shell does too. */
  private static final String BASH = "#!/bin/sh\nexec /bin/sh \"$@\"\n";

  /**
   * Busybox's nslookup does not search names with dots; Debian's, which the seed's image had, does.
   */
  private static final String NSLOOKUP =
      """
      #!/bin/sh
      for name; do :; done
      options=
      while [ $# -gt 1 ]; do options="$options $1"; shift; done
      for suffix in $(sed -n 's/^search //p' /etc/resolv.conf); do
        /bin/busybox nslookup $options "$name.$suffix" > /tmp/answer && exec cat /tmp/answer
      done
      exec /bin/busybox nslookup $options "$name"
      """;

  private StandInImages() {}

  /**
   * Stands in for the seed's Cassandra: serves TCP 9042, has /ready-probe.sh, writes into its
   * volume who it is and each of its starts.
   */
  static Path cassandra(Path folder) {
    return archive(
        OciImageBuilder.busybox("cassandra-debian:v1.1")
            .file("/bin/bash", PROGRAM, BASH)
            .file("/bin/nslookup", PROGRAM, NSLOOKUP)
            .file("/ready-probe.sh", PROGRAM, "#!/bin/sh\nexec nc -w 2 127.0.0.1 9042 </dev/null\n")
            .file(
                "/run.sh",
                PROGRAM,
                """
                #!/bin/sh
                hostname > /cassandra_data/owner
                date >> /cassandra_data/starts
                echo "serving CQL as $(hostname) at $POD_IP, seeds $CASSANDRA_SEEDS"
                trap 'exit 0' TERM
                nc -ll -p 9042 -e /bin/cat &
                wait
                """)
            .entrypoint("/run.sh"),
        folder.resolve("cassandra.tar"));
  }

  /** Stands in for the seed's race: says what it was asked and takes a few seconds. */
  static Path petRace(Path folder) {
    return archive(
        OciImageBuilder.busybox("py3numpy-job:v1.0")
            .file(
                "/bin/pet-race-job",
                PROGRAM,
                "#!/bin/sh\necho \"racing $*\"\nsleep 4\necho finished\n"),
        folder.resolve("pet-race.tar"));
  }

  /** A web server on 8080 that answers with what VERSION says. */
  static Path web(Path folder) {
    return archive(
        OciImageBuilder.busybox("web:v1")
            .file(
                "/run.sh",
                PROGRAM,
                """
                #!/bin/sh
                mkdir -p /www
                echo "${VERSION:-none}" > /www/index.html
                echo serving
                exec httpd -f -p 8080 -h /www
                """)
            .entrypoint("/run.sh"),
        folder.resolve("web.tar"));
  }

  private static Path archive(OciImageBuilder image, Path file) {
    try {
      return image.writeOciArchive(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
