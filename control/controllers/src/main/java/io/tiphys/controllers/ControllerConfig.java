package io.tiphys.controllers;

import io.tiphys.base.machine.Disk;
import java.nio.file.Path;

/**
 * What the controllers must be told.
 *
 * @param caPem the certificate by which pods know the API
 * @param volumesRoot below this folder the provisioner of the class {@code standard} makes volumes
 * @param disk that of that node
 * @param nodeName the node; empty when there is no node in this process
 */
public record ControllerConfig(String caPem, Path volumesRoot, Disk disk, String nodeName) {}
