"""Which part of a picture a thumbnail shows, so that what matters in it stays in sight."""

#: Thumbnails are four wide and three high.
_SHAPE = 4 / 3


def side_in_sight(width: int, height: int, focus_x: int, focus_y: int) -> str:
    """`start` for the left or upper end of a picture, `end` for the other one, else nothing.

    focus_x, focus_y: the point that matters, in percent. A picture is cut on two sides at most, so
    one word says it for wide and for high ones.
    """
    shape = width / height
    seen = min(shape, _SHAPE) / max(shape, _SHAPE)
    focus = (focus_x if shape > _SHAPE else focus_y) / 100
    if seen > 0.99:
        return ""
    # How much of what is cut off would be cut off before, were the point in the middle.
    before = (focus - seen / 2) / (1 - seen)
    return "start" if before < 0.25 else "end" if before > 0.75 else ""
