package io.tiphys.node.cri;

/**
 * Which streams of a process are wanted, and whether they are one terminal.
 *
 * @param tty then there is no separate stderr
 */
public record StdioOptions(boolean stdin, boolean stdout, boolean stderr, boolean tty) {}
