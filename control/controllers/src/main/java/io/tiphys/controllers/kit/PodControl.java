package io.tiphys.controllers.kit;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Source;
import io.tiphys.meta.Names;
import java.util.List;

/**
 * Creates and deletes the pods of an owner and says so in events. Checked against RealPodControl in
 * pkg/controller/controller_utils.go.
 */
public final class PodControl {
  private final Source source;
  private final EventRecorder events;

  public PodControl(Source source, EventRecorder events) {
    this.source = source;
    this.events = events;
  }

  /** A pod of the template, controlled by {@code owner} and named after it by the server. */
  public static Pod fromTemplate(PodTemplateSpec template, ApiObject owner) {
    ObjectMeta wanted = template.metadata();
    return Pod.builder()
        .metadata(
            ObjectMeta.builder()
                .namespace(owner.namespace())
                .generateName(prefix(owner.name()))
                .labels(wanted.labels())
                .annotations(wanted.annotations())
                .finalizers(wanted.finalizers())
                .ownerReferences(List.of(ControllerRefs.of(owner)))
                .build())
        .spec(template.spec())
        .build();
  }

  private static String prefix(String owner) {
    // The server appends five letters; like upstream only the part before them is checked.
    return Names.dns1123Subdomain(owner + "-x").isEmpty() ? owner + "-" : owner;
  }

  /** Creates a pod of the template in {@code namespace}, named after its owner by the server. */
  public Pod create(PodTemplateSpec template, ApiObject owner, String namespace) {
    Pod pod = fromTemplate(template, owner);
    return createNamed(pod.withMetadata(pod.metadata().withNamespace(namespace)), owner);
  }

  /**
   * Creates a pod as it is.
   *
   * @throws ApiFailure after an event, unless the namespace is on its way out
   */
  public Pod createNamed(Pod pod, ApiObject owner) {
    try {
      Pod created = source.create(CoreV1.PODS, pod);
      events.normal(owner, "SuccessfulCreate", "Created pod: " + created.name());
      return created;
    } catch (ApiFailure e) {
      if (!e.hasCause("NamespaceTerminating")) {
        events.warning(owner, "FailedCreate", "Error creating: " + e.getMessage());
      }
      throw e;
    }
  }

  /**
   * Deletes this very pod, no later one of its name.
   *
   * @throws ApiFailure when it is gone already, without an event; else after one
   */
  public void delete(Pod pod, ApiObject owner) {
    try {
      source.delete(CoreV1.PODS, pod.namespace(), pod.name(), Deletions.of(pod));
      events.normal(owner, "SuccessfulDelete", "Deleted pod: " + pod.name());
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        events.warning(owner, "FailedDelete", "Error deleting: " + e.getMessage());
      }
      throw e;
    }
  }
}
