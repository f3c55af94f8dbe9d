package io.tiphys.rules.storage;

import io.tiphys.api.StorageV1;
import io.tiphys.api.core.v1.PersistentVolumeSpec;
import io.tiphys.api.storage.v1.VolumeAttachment;
import io.tiphys.api.storage.v1.VolumeAttachmentSource;
import io.tiphys.api.storage.v1.VolumeAttachmentSpec;
import io.tiphys.api.storage.v1.VolumeAttachmentStatus;
import io.tiphys.api.storage.v1.VolumeError;
import io.tiphys.meta.Names;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import io.tiphys.rules.pods.ClaimSpecValidation;
import io.tiphys.rules.pods.VolumePlugins;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Volumes that are attached to nodes; checked against
 * pkg/registry/storage/volumeattachment/strategy.go and pkg/apis/storage/validation.
 */
public final class AttachmentRules
    extends SpecRules<VolumeAttachment, VolumeAttachmentSpec, VolumeAttachmentStatus> {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldFilter RESETS_METADATA_AND_SPEC =
      FieldFilter.excluding(List.of(List.of("metadata"), List.of("spec")));

  /** Upstream's maxAttachedVolumeMetadataSize. */
  private static final int MAX_METADATA_BYTES = 256 * 1024;

  /** Upstream's maxVolumeErrorMessageSize. */
  private static final int MAX_MESSAGE = 1024;

  public AttachmentRules() {
    super(
        StorageV1.VOLUMEATTACHMENTS,
        new Parts<>(
            VolumeAttachment::spec,
            VolumeAttachment::status,
            VolumeAttachment::withSpec,
            VolumeAttachment::withStatus,
            VolumeAttachmentStatus.EMPTY));
  }

  /** Attachments have no generation. */
  @Override
  public VolumeAttachment prepareForCreate(VolumeAttachment object, WriteContext context) {
    return object.withStatus(VolumeAttachmentStatus.EMPTY);
  }

  @Override
  public VolumeAttachment prepareForUpdate(
      VolumeAttachment object, VolumeAttachment old, WriteContext context) {
    return object.withStatus(old.status());
  }

  @Override
  protected VolumeAttachment prepareStatus(
      VolumeAttachment object, VolumeAttachment old, WriteContext context) {
    return super.prepareStatus(object, old, context)
        .withMetadata(ObjectMetaRules.ofStatus(object.metadata(), old.metadata()));
  }

  @Override
  protected FieldFilter statusResetFields() {
    return RESETS_METADATA_AND_SPEC;
  }

  @Override
  public boolean allowUnconditionalUpdate() {
    return false;
  }

  @Override
  public List<FieldError> validate(VolumeAttachment attachment) {
    VolumeAttachmentSpec spec = attachment.spec();
    Checks checks = new Checks();
    new VolumePlugins(checks).csiDriver(spec.attacher(), SPEC.child("attacher"));
    source(spec.source(), SPEC.child("source"), checks);
    checks.each(SPEC.child("nodeName"), spec.nodeName(), Names.dns1123Subdomain(spec.nodeName()));
    status(attachment.status(), checks);
    String volume = spec.source().persistentVolumeName();
    if (volume != null) {
      FieldPath path = SPEC.child("source", "persistentVolumeName");
      checks.each(path, volume, Names.dns1123Subdomain(volume));
    }
    return checks.errors();
  }

  @Override
  public List<FieldError> validateUpdate(VolumeAttachment attachment, VolumeAttachment old) {
    Checks checks = new Checks();
    checks.addAll(validate(attachment));
    if (!attachment.spec().equals(old.spec())) {
      checks.invalid(
          SPEC,
          GoStructs.show("storage.VolumeAttachmentSpec", attachment.spec()::write),
          "field is immutable");
    }
    return checks.errors();
  }

  @Override
  protected List<FieldError> validateStatus(VolumeAttachment attachment, VolumeAttachment old) {
    return validateUpdate(attachment, old);
  }

  private static void source(VolumeAttachmentSource source, FieldPath path, Checks checks) {
    String volume = source.persistentVolumeName();
    String oneOf = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
    if (volume == null && source.inlineVolumeSpec() == null) {
      checks.required(path, oneOf);
    } else if (volume != null && source.inlineVolumeSpec() != null) {
      checks.forbidden(path, oneOf);
    } else if (volume != null && volume.isEmpty()) {
      checks.required(
          path.child("persistentVolumeName"), "must specify non empty persistentVolumeName");
    } else if (source.inlineVolumeSpec() != null) {
      inline(source.inlineVolumeSpec(), path.child("inlineVolumeSpec"), checks);
    }
  }

  /** Checked against ValidatePersistentVolumeSpec, for volumes within something else. */
  private static void inline(PersistentVolumeSpec spec, FieldPath path, Checks checks) {
    String context = " in the context of inline volumes";
    absent(spec.claimRef() == null, path.child("claimRef"), checks);
    absent(spec.capacity().isEmpty(), path.child("capacity"), checks);
    if (spec.csi() == null) {
      checks.required(path.child("csi"), "has to be specified" + context);
    }
    FieldPath modes = path.child("accessModes");
    if (spec.accessModes().isEmpty()) {
      checks.required(modes);
    }
    ClaimSpecValidation.accessModes(checks, spec.accessModes(), modes);
    String policy = spec.persistentVolumeReclaimPolicy();
    if (!policy.isEmpty() && !policy.equals("Retain")) {
      checks.forbidden(path.child("persistentVolumeReclaimPolicy"), "may only be Retain" + context);
    }
    absent(spec.nodeAffinity() == null, path.child("nodeAffinity"), checks);
    new PersistentSources(checks, "").check(spec, path);
    absent(spec.storageClassName().isEmpty(), path.child("storageClassName"), checks);
    if (spec.volumeMode() != null && !spec.volumeMode().equals("Filesystem")) {
      checks.forbidden(
          path.child("volumeMode"), "may not specify volumeMode other than Filesystem" + context);
    }
  }

  private static void absent(boolean absent, FieldPath path, Checks checks) {
    if (!absent) {
      checks.forbidden(path, "may not be specified in the context of inline volumes");
    }
  }

  private static void status(VolumeAttachmentStatus status, Checks checks) {
    FieldPath path = FieldPath.of("status");
    if (DriverValidation.bytes(status.attachmentMetadata()) > MAX_METADATA_BYTES) {
      checks.add(FieldError.tooLong(path.child("attachmentMetadata"), MAX_METADATA_BYTES));
    }
    problem(status.attachError(), path.child("attachError"), checks);
    problem(status.detachError(), path.child("detachError"), checks);
  }

  private static void problem(@Nullable VolumeError error, FieldPath path, Checks checks) {
    if (error == null) {
      return;
    }
    if (error.message().getBytes(StandardCharsets.UTF_8).length > MAX_MESSAGE) {
      // Upstream's message names the limit of the metadata.
      checks.add(FieldError.tooLong(path.child("message"), MAX_METADATA_BYTES));
    }
    if (error.errorCode() != null && error.errorCode() < 0) {
      checks.each(
          path.child("errorCode"),
          error.errorCode(),
          Names.inRange(error.errorCode(), 0, Integer.MAX_VALUE));
    }
  }
}
