package io.tiphys.node.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.node.cri.ContainerFilter;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.ImageSpec;
import io.tiphys.node.cri.RuntimeCondition;
import io.tiphys.node.engine.fixture.OciImageBuilder;
import io.tiphys.node.engine.fixture.TarWriter;
import io.tiphys.node.engine.fixture.TestEngine;
import io.tiphys.node.engine.images.RegistryConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineReadinessTest {
  @TempDir Path folder;

  @Test
  void withoutProgramsItSaysWhatIsMissingAndKeepsImages() throws IOException {
    EngineConfig config =
        new EngineConfig(folder.resolve("engine"), RegistryConfig.DEFAULT, List.of(folder));
    try (Engine engine = Engine.open(config, TestEngine.dependencies())) {
      assertThat(engine.readiness().runsContainers()).isFalse();
      assertThat(engine.readiness().reasons())
          .contains(
              "runc is not installed: apt-get install -y runc",
              "conmon is not installed: apt-get install -y conmon");
      assertThat(engine.runtime().status().conditions())
          .extracting(RuntimeCondition::status)
          .containsExactly(false, false);
      assertThat(engine.runtime().listContainers(ContainerFilter.EMPTY)).isEmpty();
      assertThatThrownBy(
              () -> engine.runtime().runPodSandbox(TestEngine.sandbox("p", folder, ""), ""))
          .isInstanceOfSatisfying(
              CriException.class,
              e -> assertThat(e.code()).isEqualTo(CriException.Code.UNAVAILABLE))
          .hasMessageContaining("apt-get install -y runc");
      OciImageBuilder image = OciImageBuilder.named("a:b").layer(new TarWriter().file("f", "x"));
      engine.loadImages(image.writeOciArchive(folder.resolve("i.tar")), null);
      assertThat(engine.images().imageStatus(ImageSpec.of("a:b"))).isPresent();
    }
  }
}
