package io.tiphys.rules;

import static io.tiphys.rules.Written.created;
import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.StorageV1;
import io.tiphys.api.storage.v1.CSIDriver;
import io.tiphys.api.storage.v1.VolumeAttachment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What drivers of storage tell about themselves, in upstream's words. */
class StorageRefusalsTest {
  private static final String IMMUTABLE = "field is immutable";

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          {'fsGroupPolicy':'All'} # spec.fsGroupPolicy: Unsupported value: "All": supported values: "File", "None", "ReadWriteOnceWithFSType"
          {'volumeLifecycleModes':['Some']} # spec.volumeLifecycleModes: Unsupported value: "Some": supported values: "Persistent", "Ephemeral"
          {'tokenRequests':[{'audience':'a'},{'audience':'a'},{'audience':'b','expirationSeconds':10}]} # spec.tokenRequests[1].audience: Duplicate value: "a"; spec.tokenRequests[2].expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes
          {'nodeAllocatableUpdatePeriodSeconds':9} # spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds
          {'serviceAccountTokenInSecrets':true} # spec.serviceAccountTokenInSecrets: Invalid value: true: serviceAccountTokenInSecrets is set but no tokenRequests are specified
          """)
  void drivers(String spec, String messages) {
    assertThat(String.join("; ", errors(StorageV1.CSIDRIVERS, "{'spec':" + spec + "}")))
        .isEqualTo(messages.strip());
  }

  @Test
  void aDriverSaysWhetherItAttachesOnce() {
    assertThat(
            updateErrors(StorageV1.CSIDRIVERS, "{'spec':{}}", "{'spec':{'attachRequired':false}}"))
        .containsExactly("spec.attachedRequired: Invalid value: false: " + IMMUTABLE);
  }

  @Test
  void aNewDriverHasNoGeneration() {
    CSIDriver driver = created(StorageV1.CSIDRIVERS, "{'spec':{}}");
    assertThat(driver.metadata().generation()).isZero();
    assertThat(driver.spec().seLinuxMount()).isFalse();
    assertThat(driver.spec().attachRequired()).isTrue();
    assertThat(driver.spec().volumeLifecycleModes()).containsExactly("Persistent");
  }

  @Test
  void nodesOfDrivers() {
    assertThat(
            errors(
                StorageV1.CSINODES,
                "{'spec':{'drivers':[{'name':'','nodeID':''},"
                    + "{'name':'d.io','nodeID':'n','topologyKeys':['a','a']},"
                    + "{'name':'d.io','nodeID':'n','allocatable':{'count':-1}}]}}"))
        .containsExactly(
            "spec.drivers[0].name: Required value",
            "spec.drivers[0].nodeID: Required value",
            "spec.drivers[1]: Duplicate value: \"a\"",
            "spec.drivers[2].allocatable.count: Invalid value: -1: must be greater than or equal"
                + " to 0",
            "spec.drivers[2].name: Duplicate value: \"d.io\"");
    assertThat(
            updateErrors(
                StorageV1.CSINODES,
                "{'spec':{'drivers':[{'name':'d.io','nodeID':'n','allocatable':{'count':1}}]}}",
                "{'spec':{'drivers':[{'name':'d.io','nodeID':'m','allocatable':{'count':2}}]}}"))
        .containsExactly(
            "spec.drivers: Invalid value: {\"Name\":\"d.io\",\"NodeID\":\"m\",\"TopologyKeys\":"
                + "null,\"Allocatable\":null}: "
                + IMMUTABLE);
  }

  @Test
  void capacities() {
    assertThat(
            errors(
                StorageV1.CSISTORAGECAPACITIES,
                "{'storageClassName':'c','capacity':'-1','nodeTopology':{'matchExpressions':"
                    + "[{'key':'a','operator':'In'}]}}"))
        .containsExactly(
            "nodeTopology.matchExpressions[0].values: Required value: must be specified when"
                + " `operator` is 'In' or 'NotIn'",
            "capacity: Invalid value: \"-1\": must be greater than or equal to 0");
    assertThat(
            updateErrors(
                StorageV1.CSISTORAGECAPACITIES,
                "{'storageClassName':'c'}",
                "{'storageClassName':'d','nodeTopology':{}}"))
        .containsExactly(
            "nodeTopology: Invalid value: {}: " + IMMUTABLE,
            "storageClassName: Invalid value: \"d\": " + IMMUTABLE);
  }

  @Test
  void classesOfAttributes() {
    assertThat(errors(StorageV1.VOLUMEATTRIBUTESCLASSES, "{'driverName':''}"))
        .containsExactly(
            "driverName: Required value",
            "parameters: Required value: must contain at least one key/value pair");
    assertThat(
            updateErrors(
                StorageV1.VOLUMEATTRIBUTESCLASSES,
                "{'driverName':'a.io','parameters':{'a':'b'}}",
                "{'driverName':'b.io','parameters':{'a':'c'}}"))
        .containsExactly(
            "driverName: Forbidden: updates to driverName are forbidden.",
            "parameters: Forbidden: updates to parameters are forbidden.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          {'attacher':'','nodeName':'n','source':{}} # spec.attacher: Required value; spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName
          {'attacher':'d.io','nodeName':'n','source':{'persistentVolumeName':'v','inlineVolumeSpec':{}}} # spec.source: Forbidden: must specify exactly one of inlineVolumeSpec and persistentVolumeName
          {'attacher':'d.io','nodeName':'n','source':{'inlineVolumeSpec':{'accessModes':['ReadWriteOnce'],'hostPath':{'path':'/a'},'capacity':{'storage':'1'},'storageClassName':'s','volumeMode':'Block'}}} # spec.source.inlineVolumeSpec.capacity: Forbidden: may not be specified in the context of inline volumes; spec.source.inlineVolumeSpec.csi: Required value: has to be specified in the context of inline volumes; spec.source.inlineVolumeSpec.storageClassName: Forbidden: may not be specified in the context of inline volumes; spec.source.inlineVolumeSpec.volumeMode: Forbidden: may not specify volumeMode other than Filesystem in the context of inline volumes
          """)
  void attachments(String spec, String messages) {
    assertThat(String.join("; ", errors(StorageV1.VOLUMEATTACHMENTS, "{'spec':" + spec + "}")))
        .isEqualTo(messages.strip());
  }

  @Test
  void whatIsAttachedWhereStays() {
    String before =
        "{'spec':{'attacher':'d.io','nodeName':'n','source':{'persistentVolumeName':'v'}}}";
    assertThat(updateErrors(StorageV1.VOLUMEATTACHMENTS, before, before.replace("'n'", "'m'")))
        .containsExactly(
            "spec: Invalid value: {\"Attacher\":\"d.io\",\"Source\":{\"PersistentVolumeName\":"
                + "\"v\",\"InlineVolumeSpec\":null},\"NodeName\":\"m\"}: "
                + IMMUTABLE);
    VolumeAttachment made =
        created(
            StorageV1.VOLUMEATTACHMENTS, before.replace("}}}", "}},'status':{'attached':true}}"));
    assertThat(made.status().attached()).isFalse();
    assertThat(made.metadata().generation()).isZero();
  }
}
