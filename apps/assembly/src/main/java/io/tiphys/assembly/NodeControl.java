package io.tiphys.assembly;

import io.tiphys.api.ApiFailure;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.ImageSpec;
import io.tiphys.node.engine.Engine;
import io.tiphys.node.engine.images.StoredImage;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.User;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code /tiphys/v1/images}: what the command asks of the node's image store. Administrators only.
 */
final class NodeControl implements Handler {
  private static final String PATH = "/tiphys/v1/images";

  private final Engine engine;

  NodeControl(Engine engine) {
    this.engine = engine;
  }

  static boolean answers(String path) {
    return path.startsWith("/tiphys/");
  }

  @Override
  public Response handle(Request request) {
    if (!request.user().groups().contains(User.MASTERS)) {
      throw ApiFailure.forbidden("images", "", "only administrators look after a node's images");
    }
    try {
      List<String> images = new ArrayList<>(act(request));
      return Response.Full.of(
          200,
          "application/json",
          Json.Obj.of("images", new Json.Arr(images.stream().<Json>map(Json.Str::new).toList()))
              .toBytes());
    } catch (CriException | IllegalArgumentException e) {
      throw ApiFailure.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private List<String> act(Request request) {
    if (request.method().equals("GET") && request.path().equals(PATH)) {
      return names(engine.listImages());
    }
    Json.Obj body = body(request);
    return switch (request.path()) {
      case PATH + "/load" -> names(engine.loadImages(Path.of(text(body, "path")), null));
      case PATH + "/pull" -> {
        String image = text(body, "image");
        engine.images().pullImage(ImageSpec.of(image), null);
        yield List.of(image);
      }
      case PATH + "/remove" -> {
        String image = text(body, "image");
        if (engine.images().imageStatus(ImageSpec.of(image)).isEmpty()) {
          throw ApiFailure.badRequest("image \"%s\": not found".formatted(image));
        }
        engine.images().removeImage(ImageSpec.of(image));
        yield List.of(image);
      }
      case PATH + "/tag" -> {
        String target = text(body, "target");
        engine.tagImage(text(body, "image"), target);
        yield List.of(target);
      }
      default -> throw ApiFailure.badRequest("no such action: " + request.path());
    };
  }

  private static List<String> names(List<StoredImage> images) {
    Set<String> names = new TreeSet<>();
    for (StoredImage image : images) {
      if (image.tags().isEmpty()) {
        names.add(image.id().toString());
      }
      names.addAll(image.tags());
    }
    return List.copyOf(names);
  }

  private static Json.Obj body(Request request) {
    try {
      if (Json.parse(request.body()) instanceof Json.Obj body) {
        return body;
      }
    } catch (CodecException e) {
      throw ApiFailure.badRequest(String.valueOf(e.getMessage()));
    }
    throw ApiFailure.badRequest("the body is no JSON object");
  }

  private static String text(Json.Obj body, String name) {
    if (body.get(name) instanceof Json.Str(String text) && !text.isEmpty()) {
      return text;
    }
    throw ApiFailure.badRequest("the body lacks " + name);
  }
}
