package io.tiphys.linux;

import java.nio.file.Path;

/**
 * A pair of interfaces to be made, joined like the ends of a cable.
 *
 * @param name the end that stays here; up and a port of {@code master} from the start
 * @param peer the end that is born in the namespace {@code peerNamespace}
 * @param peerMac the peer's hardware address, empty for a random one
 * @param master the index of a bridge, 0 for none
 */
public record Veth(
    String name, String peer, Path peerNamespace, String peerMac, int mtu, int master) {}
