package io.tiphys.meta;

import static io.tiphys.meta.TestSchemas.DEPLOYMENT;
import static io.tiphys.meta.TestSchemas.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import org.junit.jupiter.api.Test;

class PruningTest {
  private static final Json OBJECT =
      json(
          "{'x':1,'metadata':{'labels':{'any':'1'}},'spec':{'raw':{'y':[{'z':1}]},'template':"
              + "{'spec':{'containers':[{'name':'a','w':{}},{'name':'b'}]}}}}");

  @Test
  void dropsWhatTheSchemaDoesNotKnow() {
    assertThat(Pruning.prune(OBJECT, DEPLOYMENT))
        .isEqualTo(
            json(
                "{'metadata':{'labels':{'any':'1'}},'spec':{'raw':{'y':[{'z':1}]},'template':"
                    + "{'spec':{'containers':[{'name':'a'},{'name':'b'}]}}}}"));
  }

  @Test
  void namesWhatTheSchemaDoesNotKnow() {
    assertThat(Pruning.unknownFields(OBJECT, DEPLOYMENT))
        .containsExactly("x", "spec.template.spec.containers[0].w");
  }
}
