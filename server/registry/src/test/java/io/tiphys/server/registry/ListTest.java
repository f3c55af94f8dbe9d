package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.Envelope;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.codec.Json;
import io.tiphys.codec.ProtoReader;
import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists: selectors, pages, states of the past. */
class ListTest {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";

  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
    for (String name : List.of("a", "b", "c", "d", "e")) {
      apiServer
          .post(
              MAPS,
              "{\"metadata\":{\"name\":\""
                  + name
                  + "\",\"labels\":{\"odd\":\""
                  + (name.charAt(0) % 2 == 1)
                  + "\"}}}")
          .expect(201);
    }
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  private static List<String> names(Answered list) {
    List<String> names = new ArrayList<>();
    if (list.json().get("items") instanceof Json.Arr(List<Json> items)) {
      for (int i = 0; i < items.size(); i++) {
        names.add(list.at("items." + i + ".metadata.name"));
      }
    }
    return names;
  }

  @Test
  void aListIsInOrderAndKnowsItsState() {
    Answered list = apiServer.get(MAPS).expect(200);
    assertThat(list.at("kind")).isEqualTo("ConfigMapList");
    assertThat(list.at("metadata.resourceVersion"))
        .isEqualTo(Long.toString(apiServer.store.readIndex().join()));
    assertThat(names(list)).containsExactly("a", "b", "c", "d", "e");
    assertThat(names(apiServer.get("/api/v1/configmaps"))).hasSize(5);
    assertThat(names(apiServer.get("/api/v1/namespaces/other/configmaps").expect(200))).isEmpty();
  }

  @Test
  void selectorsChoose() {
    assertThat(names(apiServer.get(MAPS + "?labelSelector=odd%3Dtrue")))
        .containsExactly("a", "c", "e");
    assertThat(names(apiServer.get(MAPS + "?fieldSelector=metadata.name%3Db")))
        .containsExactly("b");
    assertThat(names(apiServer.get(MAPS + "?fieldSelector=metadata.name!%3Db")))
        .containsExactly("a", "c", "d", "e");
    assertThat(
            names(apiServer.get("/api/v1/configmaps?fieldSelector=metadata.namespace%3Ddefault")))
        .hasSize(5);
    assertThat(apiServer.get(MAPS + "?fieldSelector=data.x%3Db").expect(400).status().message())
        .isEqualTo(
            "\"data.x\" is not a known field selector: only \"metadata.name\","
                + " \"metadata.namespace\"");
    apiServer.get(MAPS + "?labelSelector=!!").expect(400);
  }

  @Test
  void pagesShowOneStateWhateverHappensMeanwhile() {
    Answered first = apiServer.get(MAPS + "?limit=2").expect(200);
    assertThat(names(first)).containsExactly("a", "b");
    assertThat(first.at("metadata.remainingItemCount")).isEqualTo("3");
    apiServer.delete(MAPS + "/c").expect(200);
    apiServer.post(MAPS, "{\"metadata\":{\"name\":\"bb\"}}").expect(201);
    Answered second =
        apiServer.get(MAPS + "?limit=2&continue=" + first.at("metadata.continue")).expect(200);
    assertThat(names(second)).containsExactly("c", "d");
    assertThat(second.at("metadata.resourceVersion"))
        .isEqualTo(first.at("metadata.resourceVersion"));
    Answered last =
        apiServer.get(MAPS + "?limit=2&continue=" + second.at("metadata.continue")).expect(200);
    assertThat(names(last)).containsExactly("e");
    assertThat(last.at("metadata.continue")).isEqualTo("<absent>");
    assertThat(last.at("metadata.remainingItemCount")).isEqualTo("<absent>");
  }

  @Test
  void aBrokenTokenIsABadRequest() {
    assertThat(apiServer.get(MAPS + "?limit=2&continue=zzz").expect(400).status().message())
        .startsWith("invalid continue token: continue key is not valid");
  }

  @Test
  void aTokenWhoseStateIsForgottenComesWithOneThatGoesOnInTheNewest() {
    Answered first = apiServer.get(MAPS + "?limit=2").expect(200);
    String token = first.at("metadata.continue");
    apiServer.merge(MAPS + "/e", "{\"data\":{\"n\":\"old\"}}").expect(200);
    apiServer.get(MAPS + "/e").expect(200); // the cache has seen it before time goes on
    apiServer.clock.advance(Duration.ofMinutes(2));
    for (int i = 0; i < 400; i++) {
      apiServer.merge(MAPS + "/e", "{\"data\":{\"n\":\"" + i + "\"}}").expect(200);
    }
    assertThat(names(apiServer.get(MAPS + "?limit=2&continue=" + token).expect(200)))
        .as("the store still has the state that the cache has forgotten")
        .containsExactly("c", "d");
    apiServer.store.compact(apiServer.store.readIndex().join());
    apiServer.delete(MAPS + "/c").expect(200);
    Answered gone = apiServer.get(MAPS + "?limit=2&continue=" + token).expect(410);
    assertThat(gone.status().reason()).isEqualTo("Expired");
    assertThat(gone.status().message())
        .startsWith("The provided continue parameter is too old to display a consistent list");
    Answered rest =
        apiServer.get(MAPS + "?limit=2&continue=" + gone.at("metadata.continue")).expect(200);
    assertThat(names(rest)).containsExactly("d", "e");
  }

  @Test
  void statesOfThePastCanBeAskedFor() {
    String before = apiServer.get(MAPS).at("metadata.resourceVersion");
    apiServer.delete(MAPS + "/a").expect(200);
    Answered exact =
        apiServer
            .get(MAPS + "?resourceVersion=" + before + "&resourceVersionMatch=Exact")
            .expect(200);
    assertThat(names(exact)).contains("a");
    assertThat(exact.at("metadata.resourceVersion")).isEqualTo(before);
    apiServer.get(MAPS).expect(200); // consistent: from here on the cache has seen the deletion
    Answered atLeast =
        apiServer
            .get(MAPS + "?resourceVersion=" + before + "&resourceVersionMatch=NotOlderThan")
            .expect(200);
    assertThat(names(atLeast)).doesNotContain("a");
    assertThat(names(apiServer.get(MAPS + "?resourceVersion=0&limit=1"))).hasSize(4);
  }

  @Test
  void contradictionsAreInvalid() {
    assertThat(apiServer.get(MAPS + "?resourceVersionMatch=Exact").expect(422).status().message())
        .isEqualTo(
            "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden:"
                + " resourceVersionMatch is forbidden unless resourceVersion is provided");
    assertThat(
            apiServer
                .get(MAPS + "?resourceVersionMatch=Exact&resourceVersion=0")
                .expect(422)
                .status()
                .message())
        .isEqualTo(
            "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden:"
                + " resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
    assertThat(apiServer.get(MAPS + "?resourceVersion=x").expect(400).status().message())
        .isEqualTo(
            "invalid resource version: resourceVersion: Invalid value: \"x\": strconv.ParseUint:"
                + " parsing \"x\": invalid syntax");
  }

  @Test
  void metadataAloneAndTables() {
    Map<String, String> partial =
        Map.of("accept", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
    Answered list = apiServer.send("GET", MAPS, "", partial).expect(200);
    assertThat(list.at("kind")).isEqualTo("PartialObjectMetadataList");
    assertThat(list.at("apiVersion")).isEqualTo("meta.k8s.io/v1");
    assertThat(list.at("items.0.kind")).isEqualTo("PartialObjectMetadata");
    Map<String, String> table =
        Map.of("accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
    assertThat(apiServer.send("GET", MAPS, "", table).expect(200).at("kind")).isEqualTo("Table");
    assertThat(apiServer.send("GET", MAPS + "/a", "", table).expect(200).at("rows.0"))
        .isEqualTo("a");
  }

  @Test
  void protobufListsAreMadeOfTheSameItems() {
    Map<String, String> proto = Map.of("accept", "application/vnd.kubernetes.protobuf");
    byte[] body = apiServer.send("GET", MAPS, "", proto).expect(200).body();
    Envelope envelope = Envelope.read(body);
    assertThat(envelope.kind()).isEqualTo("ConfigMapList");
    ProtoReader in = new ProtoReader(envelope.message().toByteArray());
    List<String> names = new ArrayList<>();
    while (!in.atEnd()) {
      int tag = in.readTag();
      if (tag >>> 3 == 2) {
        names.add(ConfigMap.TYPE.readProto(in.readMessage()).name());
      } else {
        in.skip(tag);
      }
    }
    assertThat(names).containsExactly("a", "b", "c", "d", "e");
  }
}
