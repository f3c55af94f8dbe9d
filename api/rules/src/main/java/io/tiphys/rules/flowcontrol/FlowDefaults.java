package io.tiphys.rules.flowcontrol;

import io.tiphys.api.ApiObject;
import io.tiphys.api.FlowcontrolV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.api.flowcontrol.v1.FlowSchema;
import io.tiphys.api.flowcontrol.v1.PriorityLevelConfiguration;
import io.tiphys.codec.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The priority levels and flow schemas that every cluster begins with. The mandatory ones stay as
 * they are, the others only as long as nobody wants them otherwise. Checked against
 * apiserver/pkg/apis/flowcontrol/bootstrap/default.go.
 */
public final class FlowDefaults {
  static final String EXEMPT = "exempt";

  /** Levels and schemas of these names are mandatory. */
  private static final Set<String> MANDATORY = Set.of(EXEMPT, "catch-all");

  private FlowDefaults() {}

  /** Whether the server cannot do without the level or schema of this name. */
  public static boolean isMandatory(String name) {
    return MANDATORY.contains(name);
  }

  /** The mandatory ones first. */
  public static List<PriorityLevelConfiguration> levels() {
    return read("priorityLevels", FlowcontrolV1.PRIORITYLEVELCONFIGURATIONS);
  }

  /** The mandatory ones first. */
  public static List<FlowSchema> schemas() {
    return read("flowSchemas", FlowcontrolV1.FLOWSCHEMAS);
  }

  static @Nullable PriorityLevelConfiguration mandatoryLevel(String name) {
    return isMandatory(name) ? named(levels(), name) : null;
  }

  static @Nullable FlowSchema mandatorySchema(String name) {
    return isMandatory(name) ? named(schemas(), name) : null;
  }

  private static <T extends ApiObject> @Nullable T named(List<T> objects, String name) {
    for (T object : objects) {
      if (object.name().equals(name)) {
        return object;
      }
    }
    return null;
  }

  /** Read when asked for, which is seldom. */
  private static <T extends ApiObject> List<T> read(String member, Resource<T> resource) {
    try (InputStream in = FlowDefaults.class.getResourceAsStream("flow-defaults.json")) {
      Json.Obj all = (Json.Obj) Json.parse(Objects.requireNonNull(in).readAllBytes());
      List<T> objects = new ArrayList<>();
      if (all.get(member) instanceof Json.Arr(List<Json> elements)) {
        for (Json element : elements) {
          objects.add(ObjectCodec.fromTree(resource.type(), (Json.Obj) element));
        }
      }
      return objects;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
