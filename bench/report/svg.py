"""As much of SVG as bars need."""

from __future__ import annotations

from html import escape

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"


class Drawing:
    """Shapes, from back to front. Lengths are pixels at the usual size."""

    def __init__(self, width: float, background: str) -> None:
        self.width = width
        self.height = 0.0
        self.background = background
        self._shapes: list[str] = []

    def bar(self, x: float, y: float, width: float, height: float, fill: str, radius: float = 3) -> None:
        """A bar that stands on its left side: only the right corners are round."""
        r = min(radius, width, height / 2)
        path = f"M{x:.1f} {y:.1f}h{width - r:.1f}q{r} 0 {r} {r}v{height - 2 * r:.1f}q0 {r} {-r} {r}h{r - width:.1f}z"
        self._shapes.append(f'<path d="{path}" fill="{fill}"/>')

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str) -> None:
        place = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        self._shapes.append(f'<line {place} stroke="{stroke}"/>')

    def text(
        self, x: float, y: float, words: str, fill: str, size: float = 13, *, bold: bool = False, anchor: str = "start"
    ) -> None:
        """Words whose baseline is at `y`. `anchor` is `start`, `middle` or `end`."""
        weight = ' font-weight="600"' if bold else ""
        place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"'
        self._shapes.append(f'<text {place} fill="{fill}"{weight}>{escape(words)}</text>')

    def written(self, title: str) -> str:
        """The whole file."""
        size = f'width="{self.width:.0f}" height="{self.height:.0f}" viewBox="0 0 {self.width:.0f} {self.height:.0f}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{FONT}">'
        ground = f'<rect width="100%" height="100%" rx="8" fill="{self.background}"/>'
        return "\n".join([head, f"<title>{escape(title)}</title>", ground, *self._shapes, "</svg>"]) + "\n"
