package io.tiphys.node.agent.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.authentication.v1.TokenRequest;
import io.tiphys.api.authentication.v1.TokenRequestStatus;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSecurityContext;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ProjectedVolumeSource;
import io.tiphys.api.core.v1.ServiceAccountTokenProjection;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.VolumeProjection;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.machine.Machine;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.Source;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProjectedTokensTest {
  @TempDir private Path root;
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final List<TokenRequest> requests = new ArrayList<>();
  private @Nullable ApiFailure failure;
  private long longest = Long.MAX_VALUE;

  /** Issues tokens that say which request they answer; serves nothing else. */
  private final Source source =
      (Source)
          Proxy.newProxyInstance(
              Source.class.getClassLoader(),
              new Class<?>[] {Source.class},
              (_, _, given) -> issue((TokenRequest) Objects.requireNonNull(given)[4]));

  private PodVolumes volumes;

  @BeforeEach
  void begin() {
    volumes = new PodVolumes(root.resolve("pods"), source, Map.of(), Machine.own().disk(), clock);
  }

  private TokenRequest issue(TokenRequest request) {
    if (failure != null) {
      throw failure;
    }
    requests.add(request);
    Long asked = request.spec().expirationSeconds();
    long seconds = Math.min(longest, asked == null ? 0 : asked);
    return request.toBuilder()
        .spec(request.spec().withExpirationSeconds(seconds))
        .status(
            TokenRequestStatus.builder()
                .token("token" + requests.size())
                .expirationTimestamp(clock.now().plusSeconds(seconds))
                .build())
        .build();
  }

  private static VolumeProjection token(String path, long seconds) {
    return VolumeProjection.builder()
        .serviceAccountToken(
            ServiceAccountTokenProjection.builder().path(path).expirationSeconds(seconds).build())
        .build();
  }

  private static Pod pod(
      @Nullable Integer mode, PodSecurityContext security, VolumeProjection... sources) {
    Volume volume =
        Volume.builder()
            .name("v")
            .projected(
                ProjectedVolumeSource.builder().sources(List.of(sources)).defaultMode(mode).build())
            .build();
    return Pod.builder()
        .metadata(ObjectMeta.builder().namespace("default").name("p").uid("u").build())
        .spec(
            PodSpec.builder()
                .securityContext(security)
                .containers(List.of(Container.builder().name("c").build()))
                .volumes(List.of(volume))
                .build())
        .build();
  }

  private String text(Pod pod, String file) throws Exception {
    return Files.readString(volumes.mount(pod).getOrDefault("v", root).resolve(file));
  }

  private int permissions(Pod pod, String attribute) throws Exception {
    Path file = volumes.mount(pod).getOrDefault("v", root).resolve("t").toRealPath();
    return (int) Files.getAttribute(file, "unix:" + attribute) & 07777;
  }

  @Test
  void tokensOfDifferentLivesAreDifferentTokens() throws Exception {
    Pod pod = pod(0644, PodSecurityContext.EMPTY, token("a", 600), token("b", 7200));
    assertThat(text(pod, "a")).isEqualTo("token1");
    assertThat(text(pod, "b")).isEqualTo("token2");
    assertThat(requests).hasSize(2);
  }

  @Test
  void aTokenIsRenewedByTheLifeThatItWasGiven() throws Exception {
    longest = 1000;
    Pod pod = pod(0644, PodSecurityContext.EMPTY, token("t", 7200));
    assertThat(text(pod, "t")).isEqualTo("token1");
    clock.advance(Duration.ofSeconds(799));
    assertThat(text(pod, "t")).isEqualTo("token1");
    clock.advance(Duration.ofSeconds(2));
    assertThat(text(pod, "t")).isEqualTo("token2");
  }

  @Test
  void noTokenIsShownForLongerThanADay() throws Exception {
    Pod pod = pod(0644, PodSecurityContext.EMPTY, token("t", 30 * 86_400));
    text(pod, "t");
    clock.advance(Duration.ofHours(25));
    assertThat(text(pod, "t")).isEqualTo("token2");
  }

  @Test
  void anOldTokenServesUntilItsEndWhenThereIsNoNewOne() throws Exception {
    Pod pod = pod(0644, PodSecurityContext.EMPTY, token("t", 1000));
    text(pod, "t");
    failure = ApiFailure.badRequest("no");
    clock.advance(Duration.ofMinutes(15));
    assertThat(text(pod, "t")).isEqualTo("token1");
    clock.advance(Duration.ofSeconds(101));
    assertThatThrownBy(() -> text(pod, "t")).hasMessageContaining("expired and refresh failed");
  }

  @Test
  void aTokenHasTheModeOfItsVolume() throws Exception {
    assertThat(permissions(pod(0400, PodSecurityContext.EMPTY, token("t", 600)), "mode"))
        .isEqualTo(0400);
  }

  @Test
  void aTokenOfAPodWithAGroupOrOneUserIsTheirsAlone() throws Exception {
    assumeThat(isRoot()).as("only root gives files away").isTrue();
    var group = PodSecurityContext.builder().fsGroup(1234L).build();
    assertThat(permissions(pod(0644, group, token("t", 600)), "mode")).isEqualTo(0640);
    volumes.unmount("u");
    var user = PodSecurityContext.builder().runAsUser(1000L).build();
    Pod owned = pod(0644, user, token("t", 600));
    assertThat(permissions(owned, "mode")).isEqualTo(0600);
    assertThat(permissions(owned, "uid")).isEqualTo(1000);
  }

  private boolean isRoot() throws IOException {
    return (int) Files.getAttribute(root, "unix:uid") == 0;
  }
}
