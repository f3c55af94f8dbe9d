package io.tiphys.server.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.api.Resources;
import io.tiphys.api.meta.v1.ListMeta;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.codec.Json;
import io.tiphys.server.tables.TablePrinter.Include;
import io.tiphys.server.tables.TablePrinter.TableOptions;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables of objects and the cells that upstream's printers.go makes of them. */
class TablesTest {
  private static final KubectlTables TABLES = new KubectlTables(new ManualClock());

  private static Resource<?> resource(String qualifiedName) {
    return Resources.all().stream()
        .filter(each -> each.qualifiedName().equals(qualifiedName))
        .filter(each -> !each.version().contains("alpha"))
        .findFirst()
        .orElseThrow();
  }

  private static <T extends ApiObject> Json.Obj table(Resource<T> resource, String json) {
    byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    T object = ObjectCodec.fromJson(resource.type(), bytes);
    return TABLES.print(
        Tables.of(resource), List.of(object), ListMeta.EMPTY, new TableOptions(Include.NONE, true));
  }

  private static List<Json> elements(Json.Obj owner, String name) {
    return owner.get(name) instanceof Json.Arr(List<Json> elements) ? elements : List.of();
  }

  private static Json.Obj row(String resource, String metadata, String rest) {
    String json =
        "{'metadata':{'name':'x','creationTimestamp':'2025-12-31T23:59:00Z'"
            + metadata
            + "}"
            + rest
            + "}";
    return (Json.Obj) elements(table(resource(resource), json), "rows").getFirst();
  }

  private static String cells(String resource, String rest) {
    return elements(row(resource, "", rest), "cells").stream()
        .map(cell -> cell instanceof Json.Str(String text) ? text : cell.text())
        .collect(Collectors.joining(" | "));
  }

  @Test
  void everyColumnIsNamedTypedRankedAndDescribedAsUpstreams() throws Exception {
    Map<String, String> upstream = new HashMap<>();
    try (InputStream in = TablesTest.class.getResourceAsStream("upstream-1.36-columns.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.split("\n")) {
        upstream.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
      }
    }
    Map<String, String> ours = new HashMap<>();
    for (String name : upstream.keySet()) {
      List<String> columns = new ArrayList<>();
      List<String> hashes = new ArrayList<>();
      for (TableShape.Column column : Tables.of(resource(name)).columns()) {
        String type = column.type().equals("string") ? "" : ":" + column.type();
        columns.add((column.priority() == 0 ? "" : "+") + column.name() + type);
        CRC32 hash = new CRC32();
        hash.update(column.description().getBytes(StandardCharsets.UTF_8));
        hashes.add("%08x".formatted(hash.getValue()));
        boolean names = column.name().equals("Name") || column.name().equals("Attacher");
        assertThat(column.format()).isEqualTo(names ? "name" : "");
      }
      ours.put(name, String.join("|", columns) + " " + String.join(" ", hashes));
    }
    assertThat(ours).isEqualTo(upstream);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      textBlock =
          """
          podtemplates # ,'template':{'metadata':{'labels':{'b':'2','a':'1'}},'spec':{'containers':[{'name':'c','image':'i'},{'name':'d','image':'j'}]}} # x | c,d | i,j | a=1,b=2
          podtemplates # ,'template':{'spec':{'containers':[{'name':'c','image':'i'}]}} # x | c | i | <none>
          deployments.apps # ,'spec':{'replicas':3,'selector':{'matchLabels':{'a':'b'}},'template':{'spec':{'containers':[{'name':'c','image':'i'}]}}},'status':{'readyReplicas':1,'updatedReplicas':2,'availableReplicas':1} # x | 1/3 | 2 | 1 | 60s | c | i | a=b
          deployments.apps # ,'spec':{'replicas':0,'selector':{},'template':{'spec':{'containers':[{'name':'c','image':'i'}]}}} # x | 0/0 | 0 | 0 | 60s | c | i |
          deployments.apps # ,'spec':{'replicas':0,'selector':{'matchExpressions':[{'key':'a','operator':'Bad'}]},'template':{'spec':{'containers':[{'name':'c','image':'i'}]}}} # x | 0/0 | 0 | 0 | 60s | c | i | <invalid>
          replicasets.apps # ,'spec':{'replicas':2,'selector':{},'template':{'spec':{'containers':[{'name':'c','image':'i'}]}}} # x | 2 | 0 | 0 | 60s | c | i | <none>
          statefulsets.apps # ,'spec':{'replicas':2,'template':{'spec':{'containers':[{'name':'c','image':'i'}]}}},'status':{'readyReplicas':1} # x | 1/2 | 60s | c | i
          daemonsets.apps # ,'spec':{'selector':{},'template':{'spec':{'nodeSelector':{'d':'ssd'},'containers':[{'name':'c','image':'i'}]}}},'status':{'desiredNumberScheduled':3,'currentNumberScheduled':2,'numberReady':1,'updatedNumberScheduled':2,'numberAvailable':1} # x | 3 | 2 | 1 | 2 | 1 | d=ssd | 60s | c | i | <none>
          jobs.batch # ,'spec':{'parallelism':3,'template':{'spec':{'containers':[{'name':'c','image':'i'}]}}},'status':{'succeeded':1,'startTime':'2025-12-31T23:59:30Z'} # x | Running | 1/1 of 3 | 30s | 60s | c | i | <none>
          jobs.batch # ,'spec':{'completions':2,'template':{'spec':{'containers':[]}}},'status':{'conditions':[{'type':'Suspended','status':'True'}]} # x | Suspended | 0/2 |  | 60s |  |  | <none>
          cronjobs.batch # ,'spec':{'schedule':'* * * * *','timeZone':'','jobTemplate':{'spec':{'template':{'spec':{'containers':[{'name':'c','image':'i'}]}}}}} # x | * * * * * |  | <unset> | 0 | <none> | 60s | c | i | <none>
          cronjobs.batch # ,'spec':{'schedule':'@daily','suspend':true,'jobTemplate':{'spec':{'template':{'spec':{'containers':[]}}}}},'status':{'lastScheduleTime':'2025-12-31T23:58:00Z'} # x | @daily | <none> | True | 0 | 2m | 60s |  |  | <none>
          services # ,'spec':{'type':'LoadBalancer','clusterIPs':['10.0.0.1'],'externalIPs':['1.1.1.1'],'ports':[{'port':80,'nodePort':30080,'protocol':'TCP'}]},'status':{'loadBalancer':{'ingress':[{'ip':'2.2.2.2'},{'hostname':'h'}]}} # x | LoadBalancer | 10.0.0.1 | 2.2.2.2,h,1.1.1.1 | 80:30080/TCP | 60s | <none>
          services # ,'spec':{'type':'LoadBalancer','clusterIPs':['10.0.0.1']} # x | LoadBalancer | 10.0.0.1 | <pending> | <none> | 60s | <none>
          services # ,'spec':{'type':'ExternalName','externalName':'a.b'} # x | ExternalName | <none> | a.b | <none> | 60s | <none>
          endpoints # ,'subsets':[{'addresses':[{'ip':'1.1.1.1'},{'ip':'1.1.1.2'}],'ports':[{'port':80},{'port':81}]}] # x | 1.1.1.1:80,1.1.1.2:80,1.1.1.1:81 + 1 more... | 60s
          endpoints # ,'subsets':[{'notReadyAddresses':[{'ip':'1.1.1.1'}],'ports':[{'port':80}]}] # x |  | 60s
          endpointslices.discovery.k8s.io # ,'addressType':'IPv4','ports':[{'name':'a'},{}],'endpoints':[{'addresses':['1.1.1.1']}] # x | IPv4 | a,* | 1.1.1.1 | 60s
          endpointslices.discovery.k8s.io # ,'addressType':'IPv4','endpoints':[] # x | IPv4 | <unset> | <unset> | 60s
          nodes # ,'spec':{'unschedulable':true},'status':{'conditions':[{'type':'Ready','status':'False'}],'nodeInfo':{'kubeletVersion':'v1','architecture':'amd64'}} # x | NotReady,SchedulingDisabled | <none> | 60s | v1 | <none> | <none> | <unknown> | <unknown> (amd64) | <unknown>
          persistentvolumes # ,'spec':{'capacity':{'storage':'1Gi'},'accessModes':['ReadWriteMany','ReadWriteOnce'],'persistentVolumeReclaimPolicy':'Retain','claimRef':{'namespace':'n','name':'c'}},'status':{'phase':'Bound'} # x | 1Gi | RWO,RWX | Retain | Bound | n/c |  | <unset> |  | 60s | <unset>
          persistentvolumeclaims # ,'spec':{'storageClassName':'s','resources':{'requests':{'storage':'1Gi'}}},'status':{'phase':'Pending','capacity':{'storage':'2Gi'}} # x | Pending |  |  |  | s | <unset> | 60s | <unset>
          resourcequotas # ,'status':{'hard':{'pods':'2','limits.cpu':'1','cpu':'3'},'used':{'pods':'1'}} # x | cpu: 0/3, pods: 1/2 | limits.cpu: 0/1 | 60s
          poddisruptionbudgets.policy # ,'spec':{'minAvailable':'50%'},'status':{'disruptionsAllowed':1} # x | 50% | N/A | 1 | 60s
          priorityclasses.scheduling.k8s.io # ,'value':5,'globalDefault':true,'preemptionPolicy':'Never' # x | 5 | true | 60s | Never
          controllerrevisions.apps # ,'revision':4 # x | <none> | 4 | 60s
          leases.coordination.k8s.io # ,'spec':{} # x |  | 60s
          secrets # ,'type':'Opaque','data':{'a':'YQ=='} # x | Opaque | 1 | 60s
          configmaps # ,'data':{'a':'b'},'binaryData':{'c':'YQ=='} # x | 2 | 60s
          rolebindings.rbac.authorization.k8s.io # ,'roleRef':{'kind':'Role','name':'r'},'subjects':[{'kind':'User','name':'u'},{'kind':'Group','name':'g'},{'kind':'ServiceAccount','namespace':'n','name':'s'}] # x | Role/r | 60s | u | g | n/s
          limitranges # ,'spec':{'limits':[]} # x | 2025-12-31T23:59:00Z
          """)
  void cellsAreUpstreams(String resource, String rest, String cells) {
    assertThat(cells(resource, rest).strip()).isEqualTo(cells.strip());
  }

  @Test
  void theDefaultClassIsMarkedByEitherAnnotation() {
    for (String annotation :
        List.of(
            "storageclass.kubernetes.io/is-default-class",
            "storageclass.beta.kubernetes.io/is-default-class")) {
      Json.Obj row =
          row(
              "storageclasses.storage.k8s.io",
              ",'annotations':{'%s':'true'}".formatted(annotation),
              ",'provisioner':'p'");
      assertThat(elements(row, "cells").getFirst()).isEqualTo(Json.of("x (default)"));
    }
  }

  @Test
  void podsThatHaveEndedSaySoBesideTheirCells() {
    Json.Obj failed = row("pods", "", ",'status':{'phase':'Failed'}");
    assertThat(Objects.requireNonNull(failed.get("conditions")).text())
        .isEqualTo(
            "[{\"type\":\"Completed\",\"status\":\"True\",\"reason\":\"Failed\","
                + "\"message\":\"The pod failed.\"}]");
    assertThat(row("pods", "", ",'status':{'phase':'Running'}").get("conditions")).isNull();
  }

  @Test
  void restartsOfSidecarsCountAsFarAsTheStartHasCome() {
    String status =
        "{'name':'%s','restartCount':%d,'state':{'waiting':{'reason':'PodInitializing'}}}";
    String pod =
        ",'spec':{'containers':[{'name':'c'}],'initContainers':[{'name':'i'},"
            + "{'name':'s','restartPolicy':'Always'}]},'status':{'phase':'Pending','conditions':"
            + "[{'type':'Initialized','status':'True'}],'initContainerStatuses':["
            + status.formatted("i", 0)
            + ","
            + status.formatted("s", 7)
            + "]}";
    assertThat(elements(row("pods", "", pod), "cells").get(3)).isEqualTo(Json.of("0"));
  }
}
