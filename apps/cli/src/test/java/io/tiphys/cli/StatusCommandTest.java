package io.tiphys.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusCommandTest {
  @Test
  void namesEachOfFewNodes() {
    Json.Obj status = Json.Obj.of("nodes", nodes(1));

    assertThat(StatusCommand.text(status).lines())
        .containsExactly("node:       n0 NotReady (no runc)", "node:       n1 Ready");
  }

  @Test
  void countsManyNodesAndNamesThoseThatAreNotWell() {
    Json.Obj status = Json.Obj.of("nodes", nodes(99));

    assertThat(StatusCommand.text(status).lines())
        .containsExactly("nodes:      99 of 100 Ready", "node:       n0 NotReady (no runc)");
  }

  /** One that is not ready, and some that are. */
  private static Json nodes(int ready) {
    List<Json> nodes = new ArrayList<>(List.of(node(0, "NotReady", "no runc")));
    for (int i = 1; i <= ready; i++) {
      nodes.add(node(i, "Ready", ""));
    }
    return new Json.Arr(nodes);
  }

  private static Json node(int number, String state, String message) {
    return Json.Obj.builder()
        .put("name", "n" + number)
        .put("state", state)
        .put("message", message)
        .build();
  }
}
