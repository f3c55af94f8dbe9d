package io.tiphys.node.engine.spec;

import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.LinuxContainerSecurityContext;
import io.tiphys.node.cri.LinuxContainerUser;
import io.tiphys.node.cri.SupplementalGroupsPolicy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * As whom a container runs, from what was asked for, the image's wish and the image's user lists.
 */
final class ContainerUser {
  private ContainerUser() {}

  /** A line of {@code /etc/passwd}. */
  private record Account(String name, long uid, long gid) {}

  /** A line of {@code /etc/group}. */
  private record Group(String name, long gid, List<String> members) {}

  /**
   * @param passwd the lines of the image's {@code /etc/passwd}
   * @param groups the lines of its {@code /etc/group}
   * @throws CriException INVALID_ARGUMENT for a name that the lists do not have
   */
  static LinuxContainerUser resolve(
      LinuxContainerSecurityContext wanted,
      String imageUser,
      List<String> passwd,
      List<String> groups) {
    String user = userText(wanted, imageUser);
    int colon = user.indexOf(':');
    String who = colon < 0 ? user : user.substring(0, colon);
    String groupText = colon < 0 ? "" : user.substring(colon + 1);
    List<Account> accounts = accounts(passwd);
    List<Group> allGroups = groups(groups);
    Optional<Account> account =
        accounts.stream()
            .filter(a -> isNumber(who) ? a.uid == Long.parseLong(who) : a.name.equals(who))
            .findFirst();
    if (account.isEmpty() && !isNumber(who)) {
      throw CriException.invalid(
          "unable to find user %s: no matching entries in passwd file".formatted(who));
    }
    long uid = account.map(Account::uid).orElseGet(() -> Long.parseLong(who));
    long gid =
        groupText.isEmpty() ? account.map(Account::gid).orElse(0L) : gid(groupText, allGroups);
    Set<Long> more = new LinkedHashSet<>();
    more.add(gid);
    if (wanted.supplementalGroupsPolicy() == SupplementalGroupsPolicy.MERGE) {
      account.ifPresent(
          a ->
              allGroups.stream()
                  .filter(g -> g.members.contains(a.name))
                  .forEach(g -> more.add(g.gid)));
    }
    more.addAll(wanted.supplementalGroups());
    return new LinuxContainerUser(uid, gid, List.copyOf(more));
  }

  private static String userText(LinuxContainerSecurityContext wanted, String imageUser) {
    String user =
        wanted.runAsUser() != null ? Long.toString(wanted.runAsUser()) : wanted.runAsUsername();
    if (wanted.runAsGroup() != null) {
      if (user.isEmpty()) {
        throw CriException.invalid("user group is specified without user");
      }
      return user + ":" + wanted.runAsGroup();
    }
    if (!user.isEmpty()) {
      return user;
    }
    return imageUser.isEmpty() ? "0" : imageUser;
  }

  private static long gid(String text, List<Group> groups) {
    if (isNumber(text)) {
      return Long.parseLong(text);
    }
    return groups.stream()
        .filter(g -> g.name.equals(text))
        .findFirst()
        .map(Group::gid)
        .orElseThrow(
            () ->
                CriException.invalid(
                    "unable to find group %s: no matching entries in group file".formatted(text)));
  }

  private static List<Account> accounts(List<String> passwd) {
    List<Account> accounts = new ArrayList<>();
    for (String line : passwd) {
      String[] fields = line.split(":", -1);
      if (fields.length >= 4 && isNumber(fields[2]) && isNumber(fields[3])) {
        accounts.add(new Account(fields[0], Long.parseLong(fields[2]), Long.parseLong(fields[3])));
      }
    }
    return accounts;
  }

  private static List<Group> groups(List<String> lines) {
    List<Group> groups = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.split(":", -1);
      if (fields.length >= 4 && isNumber(fields[2])) {
        groups.add(new Group(fields[0], Long.parseLong(fields[2]), List.of(fields[3].split(","))));
      }
    }
    return groups;
  }

  /** At most nine digits more than any id has would overflow: ten is what 32 bits take. */
  private static boolean isNumber(String text) {
    return text.matches("\\d{1,10}");
  }
}
