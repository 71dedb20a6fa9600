"""From all others to the few who may be among the nearest, at nearly the speed of the matrix product.

Of every few products only the largest is kept, while they are still in the cache. The groups with the
largest maxima hold the nearest; their members' products are computed again. What the rounding of float32
can't rule out stays in, so nothing is lost.
"""

import torch

Pairs = tuple[torch.Tensor, torch.Tensor]

_TILE = 2048
# Groups beyond those needed: where they run out, rounding or ties decide nothing and all others are kept.
_SPARE = 4
_GATHERED = 2**24
_DENSE = 2**25


def narrow(
    queries: torch.Tensor,
    pool: torch.Tensor,
    own: torch.Tensor,
    count: int,
    margin: float,
    tile: int = _TILE,
) -> Pairs:
    """Return pairs (row of `queries`, row of `pool`) that hold the `count` nearest of each query.

    Args:
        queries: unit rows, float32 [B, U].
        pool: unit rows, float32 [M, U], more than `count`.
        own: each query's own place in the pool, never returned, int64 [B].
        count: how many nearest are wanted.
        margin: products that differ by less may stand in either order.
        tile: rows of the pool a matrix product, a multiple of 8.
    """
    # The wider the vectors, the dearer it is to gather members again, and the cheaper to keep more maxima.
    group = 8 if queries.shape[1] < 256 else 4
    # The query itself is in one of the groups.
    wanted = count + 1 + _SPARE
    if len(pool) < 2 * wanted * group:
        return _among_all(queries, pool, own, count, margin)
    best = _group_maxima(queries, pool, group, tile).topk(wanted)
    undecided = best.values[:, -1] >= best.values[:, count] - margin
    rows, places = _among_groups(queries, pool, own, count, margin, _members(best.indices, group, tile))
    if not undecided.any():
        return rows, places
    decided = ~undecided[rows]
    again = undecided.nonzero()[:, 0]
    more_rows, more_places = _among_all(queries[again], pool, own[again], count, margin)
    return torch.cat([rows[decided], again[more_rows]]), torch.cat([places[decided], more_places])


def _group_maxima(queries: torch.Tensor, pool: torch.Tensor, group: int, tile: int) -> torch.Tensor:
    """Return the largest product of each group, [B, groups]; a group's members are tile / group apart."""
    tiles = -(-len(pool) // tile)
    products = torch.empty(len(queries), tile)
    maxima = torch.empty(len(queries), tiles * (tile // group))
    for index in range(tiles):
        others = pool[index * tile : (index + 1) * tile]
        torch.mm(queries, others.T, out=products[:, : len(others)])
        products[:, len(others) :] = -torch.inf
        grouped = products.view(len(queries), group, tile // group)
        width = tile // group
        torch.amax(grouped, dim=1, out=maxima[:, index * width : (index + 1) * width])
    return maxima


def _members(groups: torch.Tensor, group: int, tile: int) -> torch.Tensor:
    """Return the places in the pool of all members of the groups, [B, groups x group]."""
    width = tile // group
    first = groups // width * tile + groups % width
    return (first[:, :, None] + width * torch.arange(group)).flatten(1)


def _among_groups(
    queries: torch.Tensor,
    pool: torch.Tensor,
    own: torch.Tensor,
    count: int,
    margin: float,
    members: torch.Tensor,
) -> Pairs:
    values = torch.empty(members.shape)
    step = max(1, _GATHERED // (members.shape[1] * queries.shape[1]))
    for start in range(0, len(queries), step):
        part = slice(start, start + step)
        # The last tile's groups may reach beyond the pool.
        gathered = pool[members[part].clamp(max=len(pool) - 1).flatten()].view(*members[part].shape, -1)
        values[part] = torch.bmm(gathered, queries[part, :, None])[:, :, 0]
    values[(members >= len(pool)) | (members == own[:, None])] = -torch.inf
    rows, columns = _within_margin(values, count, margin)
    return rows, members[rows, columns]


def _among_all(
    queries: torch.Tensor, pool: torch.Tensor, own: torch.Tensor, count: int, margin: float
) -> Pairs:
    found = []
    step = max(1, _DENSE // len(pool))
    for start in range(0, len(queries), step):
        values = queries[start : start + step] @ pool.T
        values[torch.arange(len(values)), own[start : start + step]] = -torch.inf
        rows, places = _within_margin(values, count, margin)
        found.append((rows + start, places))
    return torch.cat([rows for rows, _ in found]), torch.cat([places for _, places in found])


def _within_margin(values: torch.Tensor, count: int, margin: float) -> Pairs:
    threshold = values.topk(count).values[:, -1:] - margin
    rows, columns = (values >= threshold).nonzero(as_tuple=True)
    return rows, columns
