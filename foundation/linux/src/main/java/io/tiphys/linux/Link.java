package io.tiphys.linux;

/**
 * A network interface.
 *
 * @param kind such as {@code bridge} or {@code veth}; empty for hardware and loopback
 * @param master the index of the bridge it is a port of, 0 for none
 * @param mac empty if it has none
 */
public record Link(
    int index, String name, String kind, int master, int mtu, String mac, boolean up) {}
