/**
 * The contract between a node's agent and its container engine: CRI, {@code runtime.v1}, as Java.
 *
 * <p>Names and meaning are upstream's ({@code cri-api/pkg/apis/runtime/v1/api.proto}). Where a
 * protobuf message would only wrap one or two values they are plain arguments, and where CRI
 * answers with the URL of a streaming server the answer here is the open session itself.
 */
@NullMarked
package io.tiphys.node.cri;

import org.jspecify.annotations.NullMarked;
