"""From all others to the few who may be among the nearest, at nearly the speed of the matrix product.

Of every few products the largest is noted while they are still in the cache. The groups with the largest
maxima hold the nearest; only their members' products are looked at again. What the rounding of float32 can't
rule out stays in, so nothing is lost.
"""

import torch

Pairs = tuple[torch.Tensor, torch.Tensor]

_TILE = 2048
_GROUP = 8
# Groups beyond those needed: where they run out, rounding or ties decide nothing and all others are kept.
_SPARE = 4
_MOST_PRODUCTS = 2**24
_DENSE = 2**25


def room_for(queries: int, pool: int, tile: int = _TILE) -> torch.Tensor:
    """Return room for the products of as many queries with a pool, or of as many as memory should bear."""
    width = -(-pool // tile) * tile
    return torch.empty(min(queries, max(1, _MOST_PRODUCTS // width)), width)


def narrow(
    queries: torch.Tensor,
    pool: torch.Tensor,
    own: torch.Tensor,
    count: int,
    margin: float,
    room: torch.Tensor,
    tile: int = _TILE,
) -> Pairs:
    """Return pairs (row of `queries`, row of `pool`) that hold the `count` nearest of each query.

    Args:
        queries: unit rows, float32 [B, U].
        pool: unit rows, float32 [M, U], more than `count`.
        own: each query's own place in the pool, never returned, int64 [B].
        count: how many nearest are wanted.
        margin: products that differ by less may stand in either order.
        room: as `room_for` makes it for at least B queries; overwritten.
        tile: rows of the pool a matrix product, a multiple of 8.
    """
    # The query itself is in one of the groups.
    wanted = count + 1 + _SPARE
    if len(pool) < 2 * wanted * _GROUP:
        return _among_all(queries, pool, own, count, margin)
    products = room.flatten()[: len(queries) * room.shape[1]].view(-1, len(queries), tile)
    best = _group_maxima(queries, pool, products).topk(wanted)
    undecided = best.values[:, -1] >= best.values[:, count] - margin
    rows, places = _among_groups(products, own, count, margin, _members(best.indices, tile))
    if not undecided.any():
        return rows, places
    decided = ~undecided[rows]
    again = undecided.nonzero()[:, 0]
    more_rows, more_places = _among_all(queries[again], pool, own[again], count, margin)
    return torch.cat([rows[decided], again[more_rows]]), torch.cat([places[decided], more_places])


def _group_maxima(queries: torch.Tensor, pool: torch.Tensor, products: torch.Tensor) -> torch.Tensor:
    """Fill `products` [tiles, B, tile] and return the largest of each group, [B, groups].

    A group's members are tile / _GROUP apart.
    """
    tiles, rows, tile = products.shape
    width = tile // _GROUP
    maxima = torch.empty(rows, tiles * width)
    for index, found in enumerate(products):
        others = pool[index * tile : (index + 1) * tile]
        torch.mm(queries, others.T, out=found[:, : len(others)])
        found[:, len(others) :] = -torch.inf
        torch.amax(found.view(rows, _GROUP, width), dim=1, out=maxima[:, index * width : (index + 1) * width])
    return maxima


def _members(groups: torch.Tensor, tile: int) -> torch.Tensor:
    """Return the places in the pool of all members of the groups, [B, groups x _GROUP]."""
    width = tile // _GROUP
    first = groups // width * tile + groups % width
    return (first[:, :, None] + width * torch.arange(_GROUP)).flatten(1)


def _among_groups(
    products: torch.Tensor, own: torch.Tensor, count: int, margin: float, members: torch.Tensor
) -> Pairs:
    _, queries, tile = products.shape
    row = torch.arange(queries)[:, None]
    values = products.take((members // tile * queries + row) * tile + members % tile)
    values[members == own[:, None]] = -torch.inf
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
