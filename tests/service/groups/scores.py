"""How well groups found agree with groups known."""


def bcubed(found, known):
    """Return the B-cubed F1 of the members of ``known``; everything else counts against it.

    ``found`` are sets of all members; whoever is in none stands alone.
    """
    of = {member: group for group in found for member in group}
    precision = recall = count = 0
    for group in known:
        for member in group:
            mine = of.get(member, {member})
            shared = len(mine & group)
            precision += shared / len(mine)
            recall += shared / len(group)
            count += 1
    precision, recall = precision / count, recall / count
    return 2 * precision * recall / (precision + recall)


def pairwise(found, known):
    """Return the F1 of the pairs among the members of ``known``."""
    members = set().union(*known)
    inside = [group & members for group in found]
    both = sum(_pairs(len(group & right)) for group in inside for right in known)
    said, right = sum(_pairs(len(group)) for group in inside), sum(_pairs(len(g)) for g in known)
    return 2 * both / (said + right)


def agreement(one, other):
    """Return the B-cubed F1 of two ways of grouping the same members."""
    mine = {member: group for group in one for member in group}
    theirs = {member: group for group in other for member in group}
    shared = {member: len(mine[member] & theirs[member]) for member in mine}
    precision = sum(shared[m] / len(theirs[m]) for m in mine) / len(mine)
    recall = sum(shared[m] / len(mine[m]) for m in mine) / len(mine)
    return 2 * precision * recall / (precision + recall)


def with_singles(groups, members):
    """Return the groups and each member that is in none by itself."""
    inside = set().union(*groups) if groups else set()
    return [*map(set, groups), *({member} for member in members if member not in inside)]


def _pairs(size):
    return size * (size - 1) // 2
