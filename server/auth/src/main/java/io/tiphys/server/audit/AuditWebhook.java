package io.tiphys.server.audit;

import io.tiphys.server.webhook.WebhookClient;
import io.tiphys.server.webhook.WebhookException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/** Audit events sent to another server; plugin/pkg/audit/webhook of apiserver. */
public record AuditWebhook(WebhookClient client) implements AuditLog {
  private static final Logger LOG = System.getLogger(AuditWebhook.class.getName());

  @Override
  public boolean record(List<AuditEvent> events) {
    try {
      client.post(EventJson.list(events), true);
      return true;
    } catch (WebhookException e) {
      LOG.log(Level.ERROR, "{0} audit events are lost: {1}", events.size(), e.getMessage());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public boolean blocks() {
    return true;
  }

  @Override
  public void close() {
    client.close();
  }
}
