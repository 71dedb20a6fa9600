"""A parser that holds a page to what browsers and screen readers need."""

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr", "line", "circle", "polyline"}


class Page(HTMLParser):
    """Collects tags, texts and structural faults of a page."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.faults, self.tags, self.texts = [], [], [], []
        self.feed(html)
        self.close()
        self.faults += [f"never closed: {tag}" for tag in self.open]

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes), tuple(self.open)))

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.texts.append(data)

    @property
    def text(self):
        """What a reader sees, with single spaces."""
        return " ".join(" ".join(self.texts).split())

    def named(self, tag):
        """The attributes of all tags of a name."""
        return [attributes for name, attributes, _ in self.tags if name == tag]

    @property
    def labels(self):
        """What screen readers say of the pictures."""
        return [attributes.get("aria-label", "") for attributes in self.named("svg")]
