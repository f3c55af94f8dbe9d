package io.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The seed's Job: four races, two at a time. */
class PetRaceJobTest {
  private static TestCluster cluster;
  private static Kubectl kubectl;

  /** When a race ran; times have whole seconds. */
  private record Race(Instant start, Instant finish) {
    boolean runsAt(Instant moment) {
      return start.isBefore(moment) && finish.isAfter(moment);
    }
  }

  @BeforeAll
  static void start(@TempDir Path folder) {
    cluster = TestCluster.start("race");
    kubectl = cluster.kubectl();
    cluster.tiphys("image", "load", StandInImages.petRace(folder).toString()).ok();
  }

  @AfterAll
  static void delete() {
    cluster.close();
  }

  @Test
  void fourRacesRunTwoAtATime() {
    cluster.apply(SeedManifests.petRaceJob());
    kubectl.ok("wait", "--for=condition=complete", "job/pet-race-giants", "--timeout=240s");

    assertThat(kubectl.value("job/pet-race-giants", ".status.succeeded")).isEqualTo("4");
    assertThat(kubectl.ok("get", "jobs", "--no-headers").split("\\s+"))
        .contains("pet-race-giants", "Complete", "4/4");
    List<Race> races = races();
    assertThat(races).hasSize(4);
    for (Race race : races) {
      assertThat(races.stream().filter(other -> other.runsAt(race.start.plusMillis(1))).count())
          .as("races at %s of %s", race.start, races)
          .isLessThanOrEqualTo(2);
    }
    assertThat(kubectl.ok("logs", "job/pet-race-giants")).contains("--pet=Giants");
  }

  private static List<Race> races() {
    String times =
        kubectl.ok(
            "get",
            "pods",
            "-l",
            "name=pet-races",
            "-o",
            "jsonpath={range .items[*]}{.status.containerStatuses[0].state.terminated.startedAt}"
                + " {.status.containerStatuses[0].state.terminated.finishedAt}{\"\\n\"}{end}");
    List<Race> races = new ArrayList<>();
    times
        .lines()
        .map(line -> line.split(" "))
        .forEach(pair -> races.add(new Race(Instant.parse(pair[0]), Instant.parse(pair[1]))));
    return races;
  }
}
