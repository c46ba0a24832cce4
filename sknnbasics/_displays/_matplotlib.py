"""matplotlib, asked for when a picture is drawn, and the axes to draw on."""


def pyplot(display):
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            f"{display.__name__} draws with matplotlib, which is not installed: "
            'pip install "sknnbasics[plot]"'
        ) from error
    return pyplot


def give_axes(display, ax, **figure):
    """Let `display` draw on the caller's axes or, where that is None, on those of a new figure."""
    if ax is None:
        _, ax = pyplot(type(display)).subplots(layout="constrained", **figure)
    display.ax_, display.figure_ = ax, ax.figure


def is_formula(text):
    """Whether matplotlib can read what stands between two dollars, which a name may just hold."""
    from matplotlib.mathtext import MathTextParser

    try:
        for line in text.split("\n") if "$" in text else []:
            MathTextParser("path").parse(line)
    except ValueError:
        return False
    return True
