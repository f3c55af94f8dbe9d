package io.tiphys.controllers.kit;

import io.tiphys.api.Resource;
import io.tiphys.client.Source;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An API that is ahead of the copies: something has happened that they do not show yet. */
public final class Ahead {
  private Ahead() {}

  /**
   * @param happens before each get of an object of {@code resource}; gives the answer, or null
   *     where the API itself shall answer
   */
  public static ControllerContext of(
      World world, Resource<?> resource, Supplier<@Nullable Object> happens) {
    Source source =
        (Source)
            Proxy.newProxyInstance(
                Source.class.getClassLoader(),
                new Class<?>[] {Source.class},
                (_, method, arguments) -> {
                  boolean asked = method.getName().equals("get") && arguments[0].equals(resource);
                  Object answer = asked ? happens.get() : null;
                  try {
                    return answer == null ? method.invoke(world.api, arguments) : answer;
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return world.through(source);
  }
}
