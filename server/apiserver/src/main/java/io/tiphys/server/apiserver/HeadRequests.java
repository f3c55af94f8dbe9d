package io.tiphys.server.apiserver;

import io.tiphys.server.http.Answers;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;

/**
 * HEAD of everything that upstream routes by method: resources with their subresources, discovery,
 * the version. There it is a method without a route, and streams are never opened for it. Health,
 * metrics and OpenAPI documents have no routes by method and answer HEAD with their headers.
 */
final class HeadRequests implements Handler {
  static boolean refused(Request request) {
    return request.method().equals("HEAD")
        && (request.info().resourceRequest() || routed(request.path()));
  }

  private static boolean routed(String path) {
    return path.equals("/version")
        || path.equals("/api")
        || path.startsWith("/api/")
        || path.equals("/apis")
        || path.startsWith("/apis/")
        || path.startsWith("/openid/")
        || path.startsWith("/.well-known/");
  }

  @Override
  public boolean mayBlock(Request request) {
    return false;
  }

  @Override
  public Response handle(Request request) {
    throw Answers.methodNotAllowed();
  }
}
