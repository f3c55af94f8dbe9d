package io.tiphys.rules;

import static io.tiphys.rules.Written.created;
import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Volumes that are refused and claims that are filled from something, as upstream has them. */
class VolumeRefusalsTest {
  private static String in(String label, String zone) {
    return ("{'spec':{'accessModes':['ReadWriteOnce'],'capacity':{'storage':'1'},'csi':{'driver':'d',"
                + "'volumeHandle':'h'},'nodeAffinity':{'required':{'nodeSelectorTerms':[{"
                + "'matchExpressions':[{'key':'%s','operator':'In','values':['%s']}]}]}}}}")
        .formatted(label, zone);
  }

  @Test
  void aVolumesNodesMayBeCalledByTheirFinalLabels() {
    String beta = "failure-domain.beta.kubernetes.io/zone";
    String last = "topology.kubernetes.io/zone";
    String immutable = "field is immutable, except for updating from beta label to GA";
    var volumes = CoreV1.PERSISTENTVOLUMES;
    assertThat(updateErrors(volumes, in(beta, "a"), in(last, "a"))).isEmpty();
    assertThat(updateErrors(volumes, in(beta, "a"), in(last, "b")))
        .singleElement()
        .asString()
        .startsWith("nodeAffinity: Invalid value: {\"Required\":")
        .endsWith(immutable);
    assertThat(updateErrors(volumes, in(last, "a"), in(beta, "a"))).hasSize(1);
    assertThat(updateErrors(volumes, in(beta, "a"), in("kubernetes.io/os", "a"))).hasSize(1);
  }

  @Test
  void onlySomeVolumesTakeMountOptionsFromAnAnnotation() {
    String annotation =
        "'metadata':{'annotations':{'volume.beta.kubernetes.io/mount-options':'ro'}},";
    String volume = "{%s'spec':{'accessModes':['ReadWriteOnce'],'capacity':{'storage':'1'},%s}}";
    assertThat(
            errors(
                CoreV1.PERSISTENTVOLUMES,
                volume.formatted(annotation, "'nfs':{'server':'s','path':'/p'}")))
        .isEmpty();
    assertThat(
            errors(
                CoreV1.PERSISTENTVOLUMES, volume.formatted(annotation, "'hostPath':{'path':'/p'}")))
        .containsExactly(
            "metadata.annotations.volume.beta.kubernetes.io/mount-options: Forbidden: may not"
                + " specify mount options for this volume type");
  }

  private static Arguments row(String given, String source, String reference) {
    return Arguments.of(given, source, reference);
  }

  static Stream<Arguments> sources() {
    String claim = "{'kind':'PersistentVolumeClaim','name':'a'}";
    String shot = "{'apiGroup':'snapshot.storage.k8s.io','kind':'VolumeSnapshot','name':'a'}";
    String other = "{'apiGroup':'x.io','kind':'Thing','name':'a'}";
    String elsewhere = "{'apiGroup':'x.io','kind':'Thing','name':'a','namespace':'n'}";
    return Stream.of(
        row("'dataSource':" + claim, claim, claim),
        row("'dataSource':" + shot, shot, shot),
        row("'dataSource':" + other, "", ""),
        row("'dataSourceRef':" + other, other, other),
        row("'dataSourceRef':" + elsewhere, "", ""),
        row("'dataSource':" + claim + ",'dataSourceRef':" + other, claim, other));
  }

  @ParameterizedTest
  @MethodSource("sources")
  void theFieldsOfAClaimsSourceSayTheSame(String given, String source, String reference) {
    PersistentVolumeClaimSpec spec = spec(given);
    String fields =
        (source.isEmpty() ? "" : "'dataSource':" + source + ",")
            + (reference.isEmpty() ? "" : "'dataSourceRef':" + reference);
    PersistentVolumeClaimSpec wanted =
        Written.plain(CoreV1.PERSISTENTVOLUMECLAIMS, claim(fields)).spec();
    assertThat(spec.dataSource()).isEqualTo(wanted.dataSource());
    assertThat(spec.dataSourceRef()).isEqualTo(wanted.dataSourceRef());
  }

  private static PersistentVolumeClaimSpec spec(String source) {
    return created(CoreV1.PERSISTENTVOLUMECLAIMS, claim(source)).spec();
  }

  private static String claim(String source) {
    return "{'spec':{" + source + "}}";
  }

  @Test
  void aClientThatKnowsOnlyTheOlderFieldChangesNothing() {
    String claim =
        "{'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1'}},%s}}";
    String both =
        "'dataSource':{'apiGroup':'x.io','kind':'Thing','name':'a'},"
            + "'dataSourceRef':{'apiGroup':'x.io','kind':'Thing','name':'a'}";
    assertThat(
            updateErrors(
                CoreV1.PERSISTENTVOLUMECLAIMS,
                claim.formatted(both),
                claim.formatted("'dataSource':{'apiGroup':'x.io','kind':'Thing','name':'a'}")))
        .isEmpty();
  }
}
