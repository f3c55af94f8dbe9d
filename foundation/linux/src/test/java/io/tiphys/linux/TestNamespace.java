package io.tiphys.linux;

import io.tiphys.base.Lifecycle;
import io.tiphys.linux.Namespaces.Kind;
import java.nio.file.Path;
import java.util.Map;

/** A network namespace for a test, with nothing but a loopback in it. */
record TestNamespace(Path pin, NetworkStack stack) implements Lifecycle {
  static TestNamespace create(Path pin) {
    Namespaces.create(Map.of(Kind.NETWORK, pin));
    return new TestNamespace(pin, NetworkStack.in(pin));
  }

  @Override
  public void close() {
    stack.close();
    Namespaces.delete(pin);
  }
}
