package io.tiphys.server.audit;

import io.tiphys.meta.Names;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.server.audit.AuditPolicy.GroupResources;
import io.tiphys.server.audit.AuditPolicy.Rule;
import io.tiphys.server.configuration.ConfigurationException;
import io.tiphys.server.configuration.Fields;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads policies from files: kind Policy of audit.k8s.io/v1. Checked against audit/policy/reader.go
 * and apis/audit/validation of apiserver/pkg.
 */
public final class PolicyFile {
  private static final Logger LOG = System.getLogger(PolicyFile.class.getName());
  private static final List<String> LEVELS =
      Arrays.stream(AuditLevel.values()).map(AuditLevel::text).toList();
  private static final Map<String, AuditEvent.Stage> STAGES =
      Arrays.stream(AuditEvent.Stage.values())
          .collect(
              Collectors.toMap(
                  AuditEvent.Stage::text,
                  Function.identity(),
                  (one, _) -> one,
                  LinkedHashMap::new));

  private final List<FieldError> errors = new ArrayList<>();

  private PolicyFile() {}

  /**
   * Reads a file's content.
   *
   * @throws ConfigurationException if there is no policy in it or a wrong one
   */
  public static AuditPolicy read(String content) {
    Fields fields;
    try {
      fields = Fields.read(content, "Policy", List.of("audit.k8s.io/v1"));
    } catch (ConfigurationException e) {
      throw new ConfigurationException("failed decoding: " + e.getMessage(), e);
    }
    return new PolicyFile().policy(fields);
  }

  private AuditPolicy policy(Fields fields) {
    fields.any("metadata");
    Set<AuditEvent.Stage> stages = stages(fields, FieldPath.of("omitStages"));
    Boolean omitManagedFields = fields.truth("omitManagedFields");
    List<Rule> rules = new ArrayList<>();
    for (Fields rule : fields.objects("rules")) {
      rules.add(rule(rule, FieldPath.of("rules").index(rules.size())));
    }
    List<String> remarks = fields.remarks();
    if (!remarks.isEmpty()) {
      LOG.log(Level.WARNING, "Audit policy contains errors: {0}", String.join(", ", remarks));
    }
    if (!errors.isEmpty()) {
      String all = errors.stream().map(FieldError::message).collect(Collectors.joining(", "));
      throw new ConfigurationException(errors.size() == 1 ? all : "[" + all + "]");
    }
    if (rules.isEmpty()) {
      throw new ConfigurationException("loaded illegal policy with 0 rules");
    }
    return new AuditPolicy(rules, stages, Boolean.TRUE.equals(omitManagedFields));
  }

  private Rule rule(Fields fields, FieldPath path) {
    AuditLevel level = level(fields.text("level"), path.child("level"));
    List<String> urls = fields.texts("nonResourceURLs");
    for (int i = 0; i < urls.size(); i++) {
      checkUrl(urls.get(i), path.child("nonResourceURLs").index(i));
    }
    List<GroupResources> resources =
        fields.objects("resources").stream()
            .map(each -> resources(each, path.child("resources")))
            .toList();
    Set<AuditEvent.Stage> stages = stages(fields, path.child("omitStages"));
    List<String> namespaces = fields.texts("namespaces");
    if (!urls.isEmpty() && !(resources.isEmpty() && namespaces.isEmpty())) {
      errors.add(
          FieldError.invalid(
              path.child("nonResourceURLs"),
              urls,
              "rules cannot apply to both regular resources and non-resource URLs"));
    }
    return new Rule(
        level,
        fields.texts("users"),
        fields.texts("userGroups"),
        fields.texts("verbs"),
        resources,
        namespaces,
        urls,
        stages,
        fields.truth("omitManagedFields"));
  }

  private AuditLevel level(String text, FieldPath path) {
    for (AuditLevel level : AuditLevel.values()) {
      if (level.text().equals(text)) {
        return level;
      }
    }
    errors.add(
        text.isEmpty()
            ? FieldError.required(path, "")
            : FieldError.notSupported(path, text, LEVELS));
    return AuditLevel.NONE;
  }

  private void checkUrl(String url, FieldPath path) {
    if (url.equals("*")) {
      return;
    }
    if (!url.startsWith("/")) {
      errors.add(
          FieldError.invalid(path, url, "non-resource URL rules must begin with a '/' character"));
    }
    int star = url.indexOf('*');
    if (star >= 0 && star < url.length() - 1) {
      errors.add(
          FieldError.invalid(
              path, url, "non-resource URL wildcards '*' must be the final character of the rule"));
    }
  }

  private GroupResources resources(Fields fields, FieldPath path) {
    String group = fields.text("group");
    List<String> resources = fields.texts("resources");
    List<String> names = fields.texts("resourceNames");
    if (!group.isEmpty() && !group.equals("*")) {
      List<String> problems = Names.dns1123Subdomain(group);
      if (!problems.isEmpty()) {
        errors.add(FieldError.invalid(path.child("group"), group, String.join(",", problems)));
      }
    }
    if (!names.isEmpty() && resources.isEmpty()) {
      errors.add(
          FieldError.invalid(
              path.child("resourceNames"),
              names,
              "using resourceNames requires at least one resource"));
    }
    return new GroupResources(group, resources, names);
  }

  private Set<AuditEvent.Stage> stages(Fields fields, FieldPath path) {
    Set<AuditEvent.Stage> stages = EnumSet.noneOf(AuditEvent.Stage.class);
    List<String> texts = fields.texts("omitStages");
    for (int i = 0; i < texts.size(); i++) {
      AuditEvent.Stage stage = STAGES.get(texts.get(i));
      if (stage == null) {
        String allowed = String.join(",", STAGES.keySet());
        errors.add(
            FieldError.invalid(path.index(i), texts.get(i), "allowed stages are " + allowed));
      } else {
        stages.add(stage);
      }
    }
    return stages;
  }
}
