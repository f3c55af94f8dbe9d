package io.tiphys.cli;

import io.tiphys.codec.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Brings images to the cluster's node and shows what is there. */
@Command(
    name = "image",
    description = "Loads, pulls, lists, tags and removes the node's images.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class ImageCommand {
  private static final String PATH = "/tiphys/v1/images";

  private final Context context;

  ImageCommand(Context context) {
    this.context = context;
  }

  @Command(name = "load", description = "Loads an OCI archive, OCI layout or docker archive.")
  int load(
      @Mixin ProfileOption profile,
      @Parameters(paramLabel = "FILE", arity = "1..*", description = "- for standard input.")
          List<Path> files)
      throws IOException, InterruptedException {
    ApiClient client = ApiClient.of(profile.in(context));
    for (Path file : files) {
      boolean piped = file.toString().equals("-");
      Path archive = piped ? spool() : file.toAbsolutePath();
      try {
        if (!Files.exists(archive)) {
          throw new CliException("no such file or folder");
        }
        names(client.post(PATH + "/load", body("path", archive.toString())))
            .forEach(name -> context.out().println("Loaded " + name));
      } catch (CliException e) {
        throw new CliException(file + ": " + e.getMessage(), e);
      } finally {
        if (piped) {
          Files.delete(archive);
        }
      }
    }
    return 0;
  }

  @Command(name = "pull", description = "Pulls an image from its registry.")
  int pull(
      @Mixin ProfileOption profile,
      @Parameters(paramLabel = "IMAGE", arity = "1..*") List<String> images)
      throws IOException, InterruptedException {
    ApiClient client = ApiClient.of(profile.in(context));
    for (String image : images) {
      names(client.post(PATH + "/pull", body("image", image)))
          .forEach(name -> context.out().println("Pulled " + name));
    }
    return 0;
  }

  @Command(name = "ls", aliases = "list", description = "Lists the images on the node.")
  int list(@Mixin ProfileOption profile) throws IOException, InterruptedException {
    names(ApiClient.of(profile.in(context)).get(PATH)).forEach(context.out()::println);
    return 0;
  }

  @Command(name = "rm", aliases = "remove", description = "Removes images from the node.")
  int remove(
      @Mixin ProfileOption profile,
      @Parameters(paramLabel = "IMAGE", arity = "1..*") List<String> images)
      throws IOException, InterruptedException {
    ApiClient client = ApiClient.of(profile.in(context));
    for (String image : images) {
      client.post(PATH + "/remove", body("image", image));
      context.out().println("Removed " + image);
    }
    return 0;
  }

  @Command(name = "tag", description = "Gives an image another name.")
  int tag(
      @Mixin ProfileOption profile,
      @Parameters(paramLabel = "SOURCE", index = "0") String source,
      @Parameters(paramLabel = "TARGET", index = "1") String target)
      throws IOException, InterruptedException {
    Map<String, Json> body = new LinkedHashMap<>();
    body.put("image", new Json.Str(source));
    body.put("target", new Json.Str(target));
    ApiClient.of(profile.in(context)).post(PATH + "/tag", new Json.Obj(body));
    return 0;
  }

  private static Path spool() throws IOException {
    Path file = Files.createTempFile("tiphys-image", ".tar");
    Files.copy(System.in, file, StandardCopyOption.REPLACE_EXISTING);
    return file;
  }

  private static Json.Obj body(String name, String value) {
    return new Json.Obj(Map.of(name, new Json.Str(value)));
  }

  private static List<String> names(Json answer) {
    return answer instanceof Json.Obj object
            && object.get("images") instanceof Json.Arr(List<Json> images)
        ? images.stream().map(image -> image instanceof Json.Str(String name) ? name : "").toList()
        : List.of();
  }
}
