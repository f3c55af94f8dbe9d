package io.tiphys.build.types;

import com.google.gson.annotations.SerializedName;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.kubernetes.client.common.KubernetesListObject;
import io.kubernetes.client.common.KubernetesObject;
import io.kubernetes.client.openapi.models.V1Pod;
import io.swagger.annotations.ApiModel;
import io.swagger.annotations.ApiModelProperty;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the official client's models, descriptors and our tables into type definitions. */
final class ModelReader {
  private static final String MODELS = "io/kubernetes/client/openapi/models/";
  private static final Pattern PLAIN_MODEL = Pattern.compile("V([12])([A-Z]\\w*)");
  private static final Pattern GROUP_MODEL = Pattern.compile("([A-Z][a-z]+)V([12])([A-Z]\\w*)");

  /** Not part of any object: the server and the client write these by hand. */
  private static final Set<String> LEFT_OUT = Set.of("V1WatchEvent");

  private final Packages packages = Packages.load();
  private final Map<String, Map<String, Facts>> facts = new HashMap<>();
  private final Descriptions descriptors = new Descriptions(packages);
  private final Comments comments = new Comments(packages);
  private final Map<Class<?>, TypeName> names = new LinkedHashMap<>();

  /** All types by name. */
  Map<TypeName, TypeDef> read() {
    Map<TypeName, TypeDef> types = new TreeMap<>();
    for (Class<?> model : models()) {
      TypeName name = nameOf(model.getSimpleName());
      if (name != null) {
        names.put(model, name);
      }
    }
    names.forEach((model, name) -> types.put(name, define(model, name)));
    checkFacts(types);
    for (TypeDef own : OwnTypes.read()) {
      types.put(own.name(), own);
    }
    return types;
  }

  private static List<Class<?>> models() {
    try (JarFile jar = new JarFile(jarOf(V1Pod.class).toFile())) {
      List<Class<?>> models = new ArrayList<>();
      for (String entry : jar.stream().map(e -> e.getName()).sorted().toList()) {
        if (!entry.startsWith(MODELS) || entry.contains("$") || !entry.endsWith(".class")) {
          continue;
        }
        String simple = entry.substring(MODELS.length(), entry.length() - ".class".length());
        if (!LEFT_OUT.contains(simple)) {
          models.add(
              Class.forName(
                  entry.substring(0, entry.length() - ".class".length()).replace('/', '.')));
        }
      }
      return models;
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException("cannot read the client's models", e);
    }
  }

  /** The jar or folder a class comes from. */
  static Path jarOf(Class<?> type) {
    return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
  }

  /** The type a model stands for, or null if it is none of ours (alpha, beta, builders). */
  private @Nullable TypeName nameOf(String model) {
    Matcher plain = PLAIN_MODEL.matcher(model);
    if (plain.matches()) {
      return packageOf("v" + plain.group(1), plain.group(2));
    }
    Matcher grouped = GROUP_MODEL.matcher(model);
    if (grouped.matches()) {
      String pkg = grouped.group(1).toLowerCase(Locale.ROOT) + ".v" + grouped.group(2);
      return packages.has(pkg) ? new TypeName(pkg, grouped.group(3)) : null;
    }
    return null;
  }

  private @Nullable TypeName packageOf(String version, String simple) {
    List<TypeName> found = new ArrayList<>();
    for (ApiPackage pkg : packages.all()) {
      TypeName name = new TypeName(pkg.name(), simple);
      if (pkg.version().equals(version) && descriptors.find(name) != null) {
        found.add(name);
      }
    }
    // meta.v1 stands first in the table: where the client has one model of a name (Preconditions),
    // it is that one.
    if (found.size() > 1 && !found.getFirst().pkg().equals("meta.v1")) {
      throw new IllegalStateException("which package? " + found);
    }
    if (found.isEmpty()) {
      return simple.startsWith("APIService") ? new TypeName("apiregistration.v1", simple) : null;
    }
    return found.getFirst();
  }

  private Facts factsOf(TypeName type, String field) {
    Map<String, Facts> table = facts.computeIfAbsent(type.pkg(), Facts::load);
    String key = field.isEmpty() ? type.simple() : type.simple() + "." + field;
    return table.getOrDefault(key, Facts.NONE);
  }

  /** A fact about a field that is gone, or misspelt, would be a silent error. */
  private void checkFacts(Map<TypeName, TypeDef> types) {
    Set<String> known = new HashSet<>();
    for (TypeDef type : types.values()) {
      known.add(type.name().toString());
      type.fields().forEach(field -> known.add(type.name() + "." + field.json()));
    }
    facts.forEach(
        (pkg, table) -> {
          for (String subject : table.keySet()) {
            if (!known.contains(pkg + "." + subject)) {
              throw new IllegalStateException("facts about nothing: " + pkg + "." + subject);
            }
          }
        });
  }

  private TypeDef define(Class<?> model, TypeName name) {
    Set<?> required = required(model);
    boolean kind = false;
    List<FieldDef> fields = new ArrayList<>();
    for (Field field : model.getDeclaredFields()) {
      SerializedName serialized = field.getAnnotation(SerializedName.class);
      if (serialized == null) {
        continue;
      }
      String json = serialized.value();
      Facts known = factsOf(name, json);
      ProtoPath path = ProtoPath.find(descriptors.find(name), json, known, modelNames(model));
      if (path == null) {
        if (!json.equals("kind") && !json.equals("apiVersion")) {
          throw new IllegalStateException("no field number for " + name + "." + json);
        }
        kind = true;
        continue;
      }
      Shape shape = shape(field.getGenericType(), path.field());
      fields.add(
          Presence.field(
              json,
              shape,
              path.numbers(),
              required.contains(json),
              known,
              comments.of(path.field(), annotated(model, field))));
    }
    TypeDef.Role role = TypeDef.Role.PART;
    if (KubernetesListObject.class.isAssignableFrom(model)) {
      role = TypeDef.Role.LIST;
    } else if (KubernetesObject.class.isAssignableFrom(model)) {
      role = TypeDef.Role.OBJECT;
    } else if (kind) {
      role = TypeDef.Role.TYPED;
    }
    ApiModel about = model.getAnnotation(ApiModel.class);
    return new TypeDef(
        name,
        role,
        Presence.named(role, Presence.ordered(fields)),
        factsOf(name, ""),
        comments.of(descriptors.find(name), about == null ? "" : about.description()));
  }

  private static Set<String> modelNames(Class<?> model) {
    Set<String> all = new HashSet<>();
    for (Field field : model.getDeclaredFields()) {
      SerializedName serialized = field.getAnnotation(SerializedName.class);
      if (serialized != null) {
        all.add(ProtoPath.plain(serialized.value()));
      }
    }
    return all;
  }

  private static Set<?> required(Class<?> model) {
    try {
      return (Set<?>) model.getField("openapiRequiredFields").get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What the annotation of the getter says; nothing where the field is a struct. */
  private static String annotated(Class<?> model, Field field) {
    String suffix = field.getName().replaceFirst("^[_$]", "");
    for (var method : model.getDeclaredMethods()) {
      ApiModelProperty property = method.getAnnotation(ApiModelProperty.class);
      if (property != null
          && method.getParameterCount() == 0
          && method.getName().substring(3).replace("$", "").equalsIgnoreCase(suffix)) {
        return property.value();
      }
    }
    return "";
  }

  private Shape shape(Type type, @Nullable FieldDescriptor proto) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        FieldDescriptor items = proto == null ? null : Descriptions.soleItems(proto);
        boolean wrapped = items != null;
        return new Shape.ListOf(shape(arguments[0], wrapped ? items : proto), wrapped);
      }
      return new Shape.MapOf(
          shape(
              arguments[1],
              proto == null ? null : proto.getMessageType().findFieldByName("value")));
    }
    Class<?> raw = (Class<?>) type;
    TypeName struct = names.get(raw);
    if (struct != null) {
      return new Shape.Struct(struct);
    }
    return Descriptions.scalar(raw.getSimpleName(), proto);
  }

  /** The messages of all packages. */
  private static final class Descriptions {
    private final Map<TypeName, Descriptor> messages = new HashMap<>();

    Descriptions(Packages packages) {
      for (ApiPackage pkg : packages.all()) {
        if (pkg.hasDescriptors()) {
          for (Descriptor message : ProtoPath.messages(pkg.descriptors())) {
            messages.put(new TypeName(pkg.name(), message.getName()), message);
          }
        }
      }
    }

    @Nullable Descriptor find(TypeName name) {
      return messages.get(name);
    }

    /** For Go's named slices: the field {@code items} of their message. */
    static @Nullable FieldDescriptor soleItems(FieldDescriptor proto) {
      if (proto.isRepeated() || proto.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        return null;
      }
      return proto.getMessageType().findFieldByName("items");
    }

    static Shape.Scalar scalar(String java, @Nullable FieldDescriptor proto) {
      String message =
          proto != null && proto.getJavaType() == FieldDescriptor.JavaType.MESSAGE
              ? proto.getMessageType().getName()
              : "";
      return switch (java) {
        case "String", "UUID" -> Shape.Scalar.STRING;
        case "Integer" -> Shape.Scalar.INT;
        case "Long" -> Shape.Scalar.LONG;
        case "Double" -> Shape.Scalar.DOUBLE;
        case "Boolean" -> Shape.Scalar.BOOLEAN;
        case "byte[]" -> Shape.Scalar.BYTES;
        case "OffsetDateTime" ->
            message.equals("MicroTime") ? Shape.Scalar.MICRO_TIME : Shape.Scalar.TIME;
        case "Quantity" -> Shape.Scalar.QUANTITY;
        case "IntOrString" -> Shape.Scalar.INT_OR_STRING;
        case "Object" ->
            switch (message) {
              case "JSONSchemaPropsOrArray" -> Shape.Scalar.SCHEMA_OR_ARRAY;
              case "JSONSchemaPropsOrBool" -> Shape.Scalar.SCHEMA_OR_BOOL;
              case "JSONSchemaPropsOrStringArray" -> Shape.Scalar.SCHEMA_OR_STRINGS;
              case "CustomResourceSubresourceStatus" -> Shape.Scalar.EMPTY_OBJECT;
              case "RawExtension", "FieldsV1", "JSON" -> Shape.Scalar.ANY;
              default -> throw new IllegalStateException("an object as " + message);
            };
        default -> throw new IllegalStateException("a field of type " + java);
      };
    }
  }
}
