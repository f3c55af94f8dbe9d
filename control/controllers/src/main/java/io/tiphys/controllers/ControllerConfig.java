package io.tiphys.controllers;

import java.nio.file.Path;

/**
 * What the controllers must be told.
 *
 * @param caPem the certificate by which pods know the API
 * @param volumesRoot below this folder the provisioner of the class {@code standard} makes volumes
 * @param nodeName the node whose disk that is; empty when there is no node in this process
 */
public record ControllerConfig(String caPem, Path volumesRoot, String nodeName) {}
