"""Where the product hands SQL text to the database, and whether that text is written out whole."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("crm_site", "customers", "marketing", "service", "analytics")
# embedded speaks to its own server before there is a product; migrations are guarded elsewhere
LEFT_OUT = ("migrations", "embedded")
RUNS_SQL = {"execute", "executemany", "raw", "extra", "RawSQL", "copy_expert", "mogrify", "copy"}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Yield dotted name and syntax tree of every module of the product."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if not set(parts) & set(LEFT_OUT):
                yield ".".join(parts), ast.parse(path.read_text())


def is_plain(node: ast.expr) -> bool:
    """Tell whether an expression is a text literal, or literals put together."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return is_plain(node.left) and is_plain(node.right)
    return False


def constants(tree: ast.Module) -> set[str]:
    """Return the names that a module sets once, to plain text."""
    found: dict[str, bool] = {}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Name):
                value = node.value  # type: ignore[attr-defined]
                found[target.id] = target.id not in found and is_plain(value)
    return {name for name, plain in found.items() if plain}


def calls(tree: ast.AST, inside: str = "") -> Iterator[tuple[str, str, ast.Call]]:
    """Yield function, method and call of everything that runs SQL."""
    for node in ast.iter_child_nodes(tree):
        where = inside
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            where = f"{inside}.{node.name}".lstrip(".")
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in RUNS_SQL:
                yield where, name, node
        yield from calls(node, where)


def put_together(sources: Iterator[tuple[str, ast.Module]]) -> set[tuple[str, str]]:
    """Return (module, function) of SQL whose text is put together, and of raw query sets."""
    trees = dict(sources)
    plain = {name: constants(tree) for name, tree in trees.items()}
    found = set()
    for module, tree in trees.items():
        known = set(plain[module])
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in plain:
                known |= {a.asname or a.name for a in node.names if a.name in plain[node.module]}
        for where, name, call in calls(tree):
            if name == "copy" and not call.args:
                continue
            text = call.args[0] if call.args else None
            whole = text is not None and (
                is_plain(text) or (isinstance(text, ast.Name) and text.id in known)
            )
            if name in {"raw", "extra", "RawSQL"} or not whole:
                found.add((module, where))
    return found
