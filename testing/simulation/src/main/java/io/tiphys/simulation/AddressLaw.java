package io.tiphys.simulation;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Service;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** No two Services have one address. */
final class AddressLaw implements Commits.Observer {
  private final Violations violations;
  private final Map<String, String> owners = new HashMap<>();

  AddressLaw(Violations violations) {
    this.violations = violations;
  }

  @Override
  public Set<Resource<?>> looksAt() {
    return Set.of(CoreV1.SERVICES);
  }

  @Override
  public void committed(
      Resource<?> resource, @Nullable ApiObject before, @Nullable ApiObject after) {
    if (before instanceof Service service) {
      owners.remove(service.spec().clusterIP());
    }
    if (after instanceof Service service && service.spec().clusterIP().contains(".")) {
      String name = service.namespace() + "/" + service.name();
      String other = owners.put(service.spec().clusterIP(), name);
      if (other != null) {
        violations.add(
            "services %s and %s have the address %s"
                .formatted(other, name, service.spec().clusterIP()));
      }
    }
  }
}
