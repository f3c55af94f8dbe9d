package io.tiphys.server.door;

/**
 * What a path and method ask of the API. Checked against upstream's
 * apiserver/pkg/endpoints/request/requestinfo.go.
 *
 * @param resourceRequest false for {@code /healthz}, discovery and the like; then only {@code verb}
 *     (the method in lower case) is set
 * @param verb get, list, watch, create, update, patch, delete, deletecollection, connect
 * @param apiGroup empty for the core group
 * @param subresource empty for the object itself
 * @param namespace empty when the path names none
 * @param name empty when the path names none
 */
public record RequestInfo(
    boolean resourceRequest,
    String verb,
    String apiGroup,
    String apiVersion,
    String resource,
    String subresource,
    String namespace,
    String name) {}
