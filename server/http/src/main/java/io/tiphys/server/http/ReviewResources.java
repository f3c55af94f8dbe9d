package io.tiphys.server.http;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import java.util.Set;

/**
 * Resources of one group that are asked and not stored: a review is created, and the answer is the
 * review with its status.
 *
 * @param group their group, in version v1
 * @param resources their plural names
 */
public record ReviewResources(String group, Set<String> resources) {
  private static final int CREATED = 201;

  public ReviewResources {
    resources = Set.copyOf(resources);
  }

  /** Whether a request asks one of them. */
  public boolean fits(Request request) {
    RequestInfo info = request.info();
    return info.resourceRequest()
        && info.apiGroup().equals(group)
        && info.apiVersion().equals("v1")
        && resources.contains(info.resource());
  }

  /** Says what the request asks. */
  @FunctionalInterface
  public interface Answer {
    ApiObject to(Request request);
  }

  /** Answers a request that fits. */
  public Response answer(Request request, Answer answer) {
    RequestInfo info = request.info();
    if (!info.verb().equals("create") || !info.subresource().isEmpty()) {
      throw ApiFailure.methodNotSupported(info.resource() + "." + group, info.verb());
    }
    Output output = Output.negotiate(request, Output.Endpoint.QUESTIONS);
    return Payload.write(output, CREATED, answer.to(request));
  }
}
