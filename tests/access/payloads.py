"""Sixty texts that run as a script wherever a page forgets that they are text (A-20)."""

HOSTS = ("张{}三", "{}", "👨‍👩‍👧{}", "𠮷{}野家", "e\u0301{}")
SHAPES = (
    "<svg onload=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><b onmouseover=alert(1)>",
    '" autofocus onfocus=alert(1) x="',
    "' onclick='alert(1)",
    "javascript:alert(1)",
    "</title><script>alert(1)</script>",
    "</textarea><svg onload=alert(1)>",
    "{{ 7*7 }}${alert(1)}",
    "<a href=javascript:alert(1)>x</a>",
)
LONGER = (
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<object data='javascript:alert(1)'></object>",
    "<form action='javascript:alert(1)'><button>x</button></form>",
)
TURNED = ("张\u202e<svg onload=alert(1)>三", "\u2066<img src=x onerror=alert(1)>\u2069")


def made() -> list[str]:
    """Return the texts; those of ``TURNED`` turn the reading direction as well."""
    texts = [host.format(shape) for shape in SHAPES for host in HOSTS]
    kept = [text for number, text in enumerate(texts) if number % 5 < 4 or number < 20]
    return [*kept, *LONGER, *TURNED][:60]


PAYLOADS = made()
PLAIN = [text for text in PAYLOADS if text not in TURNED]


def that_fit(longest: int, start: int, texts: list[str]) -> str:
    """Return as many of the texts as fit, beginning with the one of number ``start``."""
    picked, left = [], longest or 400
    for number in range(len(texts)):
        text = texts[(start + number) % len(texts)]
        if len(text) + 1 <= left and len(picked) < 4:
            picked.append(text)
            left -= len(text) + 1
    return " ".join(picked)
