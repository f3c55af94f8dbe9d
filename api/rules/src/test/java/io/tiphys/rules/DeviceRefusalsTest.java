package io.tiphys.rules;

import static io.tiphys.rules.Written.created;
import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.statusErrors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ResourceV1;
import io.tiphys.api.resource.v1.ResourceClaim;
import io.tiphys.api.resource.v1.ResourceSlice;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Claims of devices and what drivers have to offer, in upstream's words. */
class DeviceRefusalsTest {
  private static final String CLAIM =
      "{'spec':{'devices':{'requests':[{'name':'r','exactly':{'deviceClassName':'c'}}]}}%s}";
  private static final String SLICE =
      "{'spec':{'driver':'d.io','pool':{'name':'p','resourceSliceCount':1},'nodeName':'n',"
          + "'devices':[{'name':'a'%s}]}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          {'requests':[{'name':'r'}]} # spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required
          {'requests':[{'name':'r','exactly':{'deviceClassName':'','allocationMode':'All','count':2}},{'name':'r','exactly':{'deviceClassName':'c','allocationMode':'Some'}}]} # spec.devices.requests[0].exactly.deviceClassName: Required value; spec.devices.requests[0].exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'; spec.devices.requests[1].exactly.allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"; spec.devices.requests[1]: Duplicate value: "r"
          {'requests':[{'name':'r','firstAvailable':[{'name':'s','deviceClassName':'c'}]}],'constraints':[{'requests':['r/s','x'],'matchAttribute':'a'}]} # spec.devices.constraints[0].requests[1]: Invalid value: "x": must be the name of a request in the claim or the name of a request and a subrequest separated by '/'; spec.devices.constraints[0].matchAttribute: Invalid value: "a": a fully qualified name must be a domain and a name separated by a slash
          {'config':[{'opaque':{'driver':'d.io','parameters':[]}},{}]} # spec.devices.config[0].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object; spec.devices.config[1].opaque: Required value
          {'requests':[{'name':'r','exactly':{'deviceClassName':'c','selectors':[{}],'tolerations':[{'operator':'Exists','value':'v','effect':'Never'}]}}]} # spec.devices.requests[0].exactly.selectors[0].cel: Required value; spec.devices.requests[0].exactly.tolerations[0].value: Invalid value: "v": must be empty for operator `Exists`; spec.devices.requests[0].exactly.tolerations[0].effect: Unsupported value: "Never": supported values: "NoExecute", "NoSchedule", "None"
          """)
  void claims(String devices, String messages) {
    String json = "{'spec':{'devices':" + devices + "}}";
    assertThat(String.join("; ", errors(ResourceV1.RESOURCECLAIMS, json)))
        .isEqualTo(messages.strip());
  }

  @Test
  void whatIsClaimedStays() {
    assertThat(
            updateErrors(ResourceV1.RESOURCECLAIMS, CLAIM.formatted(""), "{'spec':{'devices':{}}}"))
        .containsExactly(
            "spec: Invalid value: {\"Devices\":{\"Requests\":null,\"Constraints\":null,"
                + "\"Config\":null}}: field is immutable");
    ResourceClaim claim = created(ResourceV1.RESOURCECLAIMS, CLAIM.formatted(""));
    var request = Objects.requireNonNull(claim.spec().devices().requests().getFirst().exactly());
    assertThat(request.allocationMode()).isEqualTo("ExactCount");
    assertThat(request.count()).isEqualTo(1);
  }

  @Test
  void whatAClaimIsGiven() {
    String given =
        ",'status':{'allocation':{'devices':{'results':[{'request':'r','driver':'d.io',"
            + "'pool':'p','device':'a'}]}}%s}";
    String reserved = ",'reservedFor':[{'resource':'pods','name':'x','uid':'1'}]";
    String bare = CLAIM.formatted("");
    String allocated = CLAIM.formatted(given.formatted(reserved));
    assertThat(statusErrors(ResourceV1.RESOURCECLAIMS, bare, allocated)).isEmpty();
    assertThat(
            statusErrors(
                ResourceV1.RESOURCECLAIMS,
                bare,
                CLAIM.formatted(",'status':{" + reserved.substring(1) + "}")))
        .containsExactly(
            "status.reservedFor: Forbidden: may not be specified when `allocated` is not set");
    assertThat(
            statusErrors(
                ResourceV1.RESOURCECLAIMS,
                bare,
                allocated.replace("'request':'r'", "'request':'x'")))
        .containsExactly(
            "status.allocation.devices.results[0].request: Invalid value: \"x\": must be the name"
                + " of a request in the claim or the name of a request and a subrequest separated"
                + " by '/'");
    assertThat(
            statusErrors(
                ResourceV1.RESOURCECLAIMS,
                allocated,
                allocated.replace("'device':'a'", "'device':'b'")))
        .singleElement()
        .asString()
        .startsWith("status.allocation: Invalid value: {")
        .endsWith("field is immutable");
    assertThat(
            statusErrors(
                ResourceV1.RESOURCECLAIMS,
                bare,
                CLAIM.formatted(
                    given.formatted(",'devices':[{'driver':'d.io','pool':'p','device':'z'}]"))))
        .containsExactly(
            "status.devices[0]: Invalid value: {\"Driver\":\"d.io\",\"Pool\":\"p\","
                + "\"Device\":\"z\",\"ShareID\":\"\"}: must be an allocated device in the claim");
  }

  @Test
  void classes() {
    assertThat(
            errors(
                ResourceV1.DEVICECLASSES,
                "{'spec':{'extendedResourceName':'cpu','config':[{'opaque':{'driver':''}}]}}"))
        .containsExactly(
            "spec.config[0].opaque.driver: Required value",
            "spec.config[0].opaque.parameters: Required value",
            "spec.extendedResourceName: Invalid value: \"cpu\": must be a valid extended resource"
                + " name");
  }

  @Test
  void slicesSayWhereTheirDevicesAre() {
    assertThat(
            errors(
                ResourceV1.RESOURCESLICES,
                "{'spec':{'driver':'d.io','pool':{'name':'','generation':-1},'allNodes':false}}"))
        .containsExactly(
            "spec.pool.name: Required value",
            "spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero",
            "spec.pool.generation: Invalid value: -1: must be greater than or equal to zero",
            "spec.allNodes: Invalid value: false: must be either unset or set to true",
            "spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`,"
                + " `perDeviceNodeSelection` is required");
    assertThat(
            updateErrors(
                ResourceV1.RESOURCESLICES,
                SLICE.formatted(""),
                SLICE.formatted("").replace("'nodeName':'n'", "'nodeName':'m'")))
        .containsExactly("spec.nodeName: Invalid value: \"m\": field is immutable");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          ,'attributes':{'a':{},'b':{'int':1,'bool':true},'c':{'version':'1'}} # spec.devices[0].attributes[a]: Invalid value: "": exactly one value must be specified; spec.devices[0].attributes[b]: Invalid value: {"IntValue":1,"BoolValue":true,"StringValue":null,"VersionValue":null,"IntValues":null,"BoolValues":null,"StringValues":null,"VersionValues":null}: exactly one value must be specified; spec.devices[0].attributes[c].version: Invalid value: "1": must be a string compatible with semver.org spec 2.0.0
          ,'capacity':{'m':{'value':'4','requestPolicy':{'default':'1','validValues':['1']}}} # spec.devices[0].capacity[m].requestPolicy: Forbidden: allowMultipleAllocations must be true
          ,'allowMultipleAllocations':true,'capacity':{'m':{'value':'4','requestPolicy':{'default':'3','validValues':['2','1','5']}}} # spec.devices[0].capacity[m].requestPolicy.validValues[1]: Invalid value: "1": values must be sorted in ascending order; spec.devices[0].capacity[m].requestPolicy.validValues[2]: Invalid value: "5": option is larger than capacity value: 4; spec.devices[0].capacity[m].requestPolicy.validValues: Invalid value: "3": default value is not valid according to the requestPolicy
          ,'taints':[{'key':'a','effect':'Never'}] # spec.devices[0].taints[0].effect: Unsupported value: "Never": supported values: "NoExecute", "NoSchedule", "None"
          ,'allNodes':true # spec.devices[0]: Invalid value: null: `nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec
          ,'bindingConditions':['a'] # spec.devices[0].bindingFailureConditions: Invalid value: null: bindingFailureConditions are required to use bindingConditions
          """)
  void devices(String more, String messages) {
    assertThat(String.join("; ", errors(ResourceV1.RESOURCESLICES, SLICE.formatted(more.strip()))))
        .isEqualTo(messages.strip());
  }

  @Test
  void taintsHaveATime() {
    ResourceSlice slice =
        created(
            ResourceV1.RESOURCESLICES, SLICE.formatted(",'taints':[{'key':'a','effect':'None'}]"));
    assertThat(slice.spec().devices().getFirst().taints().getFirst().timeAdded())
        .isEqualTo(Instant.EPOCH);
    assertThat(slice.metadata().generation()).isEqualTo(1);
  }
}
