package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.codec.Yaml;
import io.tiphys.meta.patch.JsonPatch;
import io.tiphys.meta.patch.PatchException;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.Invalid;
import io.tiphys.server.http.AuditNotes;
import io.tiphys.server.http.Request;
import java.util.List;
import java.util.Locale;

/**
 * A patch as it was sent. Checked against endpoints/handlers/patch.go of apiserver/pkg.
 *
 * <p>{@code remarks} are what a strict reader dislikes in the patch itself.
 */
sealed interface PatchBody {
  List<String> remarks();

  /** RFC 6902. */
  record OfJson(JsonPatch patch, List<String> remarks) implements PatchBody {}

  /** RFC 7386. */
  record Merge(Json patch, List<String> remarks) implements PatchBody {}

  /** A merge that knows which lists are sets of named elements. */
  record Strategic(Json patch, List<String> remarks) implements PatchBody {}

  /** A configuration to be applied. */
  record Apply(Json.Obj configuration, boolean force, List<String> remarks) implements PatchBody {}

  /** Upstream's list, as a 415 names it. */
  List<String> MEDIA_TYPES =
      List.of(
          "application/json-patch+json",
          "application/merge-patch+json",
          "application/strategic-merge-patch+json",
          "application/apply-patch+yaml");

  /** Those for objects of which nobody but their schema knows how lists are merged. */
  List<String> TREE_MEDIA_TYPES =
      MEDIA_TYPES.stream().filter(type -> !type.contains("strategic")).toList();

  /** Reads a request's patch. */
  static PatchBody read(Request request) {
    return read(request, MEDIA_TYPES);
  }

  /** Reads a patch of an object of {@code served}. */
  static PatchBody read(Served<?, ?> served, Request request) {
    return read(request, served.isCustom() ? TREE_MEDIA_TYPES : MEDIA_TYPES);
  }

  private static PatchBody read(Request request, List<String> known) {
    String header = request.header("content-type");
    String type = header == null ? "" : header;
    int semicolon = type.indexOf(';');
    type = (semicolon < 0 ? type : type.substring(0, semicolon)).trim().toLowerCase(Locale.ROOT);
    if (!known.contains(type)) {
      throw Failures.unsupportedMediaType(known);
    }
    boolean apply = type.equals("application/apply-patch+yaml");
    checkOptions(request, apply);
    try {
      AuditNotes audit = request.scope().audit();
      audit.sentJson(() -> apply ? Yaml.parse(request.body()).toBytes() : request.body());
      return switch (type) {
        case "application/json-patch+json" -> {
          JsonReader reader = JsonReader.strict(request.body());
          Json tree = reader.readTree();
          yield new OfJson(JsonPatch.of(tree), prefixed("json patch ", reader.strictErrors()));
        }
        case "application/merge-patch+json" -> {
          JsonReader reader = JsonReader.strict(request.body());
          yield new Merge(reader.readTree(), reader.strictErrors());
        }
        case "application/strategic-merge-patch+json" -> {
          JsonReader reader = JsonReader.strict(request.body());
          yield new Strategic(reader.readTree(), reader.strictErrors());
        }
        default -> apply(request);
      };
    } catch (CodecException e) {
      throw ApiFailure.badRequest(
          (apply ? "error decoding YAML: " : "error decoding patch: ") + e.getMessage());
    } catch (PatchException e) {
      throw failure(e);
    }
  }

  private static PatchBody apply(Request request) {
    Yaml.Parsed parsed = Yaml.parseStrict(Yaml.decode(request.body()));
    if (!(parsed.tree() instanceof Json.Obj configuration)) {
      throw ApiFailure.badRequest(
          "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot"
              + " unmarshal into Go value of type map[string]interface {}");
    }
    boolean force = Parameters.truth(Parameters.text(request, "force"));
    return new Apply(configuration, force, parsed.strictErrors());
  }

  private static void checkOptions(Request request, boolean apply) {
    FieldError error = null;
    if (apply && Parameters.text(request, "fieldManager").isEmpty()) {
      error = FieldError.required(FieldPath.of("fieldManager"), "is required for apply patch");
    } else if (!apply && request.parameter("force") != null) {
      error =
          FieldError.forbidden(FieldPath.of("force"), "may not be specified for non-apply patch");
    }
    if (error != null) {
      throw Invalid.failure("meta.k8s.io", "PatchOptions", "", List.of(error));
    }
  }

  private static List<String> prefixed(String prefix, List<String> remarks) {
    return remarks.stream().map(remark -> prefix + remark).toList();
  }

  /** A patch that cannot be read or does not fit, as an answer. */
  static ApiFailure failure(PatchException e) {
    String message = String.valueOf(e.getMessage());
    return switch (e.kind()) {
      case BAD_REQUEST -> ApiFailure.badRequest(message);
      case UNPROCESSABLE -> Failures.unprocessable();
      case TOO_LARGE -> Failures.tooLargeEntity(message);
      case INTERNAL -> Failures.unforeseen(message);
    };
  }
}
