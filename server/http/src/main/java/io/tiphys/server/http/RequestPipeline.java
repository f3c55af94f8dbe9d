package io.tiphys.server.http;

import java.util.List;
import java.util.function.Predicate;

/** Puts the stages in order, from the listener to the handlers, and which handler answers. */
public final class RequestPipeline {
  private RequestPipeline() {}

  /** The stages in the order in which a request crosses them, and what lies behind. */
  public static Handler through(List<Stage> stages, Handler handler) {
    Handler first = handler;
    for (Stage stage : stages.reversed()) {
      first = new Step(stage, first);
    }
    return first;
  }

  /** The first route that fits answers; {@code otherwise} when none does. */
  public static Handler routes(List<Route> routes, Handler otherwise) {
    return new Fork(List.copyOf(routes), otherwise);
  }

  /** Requests that a handler answers. */
  public record Route(Predicate<Request> fits, Handler handler) {
    /** One exact path. */
    public static Route path(String path, Handler handler) {
      return new Route(request -> request.path().equals(path), handler);
    }
  }

  private record Step(Stage stage, Handler next) implements Handler {
    @Override
    public Response handle(Request request) throws InterruptedException {
      return stage.pass(request, next);
    }

    @Override
    public boolean mayBlock(Request request) {
      return stage.mayBlock(request) || next.mayBlock(request);
    }
  }

  private record Fork(List<Route> routes, Handler otherwise) implements Handler {
    @Override
    public Response handle(Request request) throws InterruptedException {
      return choose(request).handle(request);
    }

    @Override
    public boolean mayBlock(Request request) {
      return choose(request).mayBlock(request);
    }

    private Handler choose(Request request) {
      for (Route route : routes) {
        if (route.fits().test(request)) {
          return route.handler();
        }
      }
      return otherwise;
    }
  }
}
