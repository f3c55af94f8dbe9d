package io.tiphys.node.cri;

/**
 * A limit for one size of huge pages.
 *
 * @param pageSize such as {@code 2MB}
 */
public record HugepageLimit(String pageSize, long limit) {}
